import { FILE_HEADERS_ONLY, formatPatch, type StructuredPatchHunk, structuredPatch } from "diff";
import { applyEdits, type Edit, lineStart, nextLine } from "./edit.ts";
import type { Palette } from "./palette.ts";

const context = 3;

/** Whole lines of a text, and the edits in them. */
interface Region {
  readonly start: number;
  readonly end: number;
  readonly edits: readonly Edit[];
}

/** Lines that are replaced: from which on, counted from 0, how many, and how a diff writes it. */
interface Replacement {
  readonly at: number;
  readonly removed: number;
  readonly lines: readonly string[];
}

const editedText = (text: string, { start, end, edits }: Region): string =>
  applyEdits(
    text.slice(start, end),
    edits.map((edit) => ({ start: edit.start - start, end: edit.end - start, text: edit.text })),
  );

// Up to a line break, so that what comes of the region is whole lines again.
function closed(text: string, region: Region): Region {
  const last = text[region.end - 1];
  const endsLine = region.end === 0 || last === "\n";
  const isWhole = endsLine && /(^|\n)$/.test(editedText(text, region));
  return isWhole ? region : { ...region, end: nextLine(text, region.end) };
}

function regionsOf(text: string, edits: readonly Edit[]): Region[] {
  const regions: Region[] = [];
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const last = regions.at(-1);
    const start = lineStart(text, edit.start);
    if (last === undefined || start >= last.end)
      regions.push(closed(text, { start, end: edit.end, edits: [edit] }));
    else {
      const end = Math.max(last.end, edit.end);
      regions[regions.length - 1] = closed(text, { start: last.start, end, edits: [...last.edits, edit] });
    }
  }
  return regions;
}

const countLines = (text: string): number => text.split("\n").length - 1;

// Comparing whole files costs time by the square of what changes, and where that is, is known.
function replacementsIn(text: string, edits: readonly Edit[]): Replacement[] {
  let at = 0;
  let line = 0;
  return regionsOf(text, edits).flatMap((region) => {
    line += countLines(text.slice(at, region.start));
    at = region.start;
    const before = text.slice(region.start, region.end);
    const { hunks } = structuredPatch("", "", before, editedText(text, region), "", "", { context: 0 });
    return hunks.map(({ oldStart, oldLines, lines }) => ({
      at: line + oldStart - 1,
      removed: oldLines,
      lines,
    }));
  });
}

/** Replacements whose contexts touch, together. */
function groupsOf(replacements: readonly Replacement[]): Replacement[][] {
  const groups: Replacement[][] = [];
  let end = 0;
  for (const replacement of replacements) {
    const group = groups.at(-1);
    if (group === undefined || replacement.at - end > 2 * context) groups.push([replacement]);
    else group.push(replacement);
    end = replacement.at + replacement.removed;
  }
  return groups;
}

function hunksOf(text: string, edits: readonly Edit[]): StructuredPatchHunk[] {
  const all = text.split("\n");
  const count = all.at(-1) === "" ? all.length - 1 : all.length;
  const kept = (from: number, to: number): string[] =>
    all
      .slice(from, to)
      .flatMap((line, index) =>
        from + index === all.length - 1 ? [` ${line}`, "\\ No newline at end of file"] : [` ${line}`],
      );
  let growth = 0;
  return groupsOf(replacementsIn(text, edits)).map((group) => {
    const start = Math.max(0, (group[0]?.at ?? 0) - context);
    const lines: string[] = [];
    let at = start;
    for (const replacement of group) {
      lines.push(...kept(at, replacement.at), ...replacement.lines);
      at = replacement.at + replacement.removed;
    }
    lines.push(...kept(at, Math.min(at + context, count)));
    const linesWith = (signs: string): number =>
      lines.filter((line) => signs.includes(line.charAt(0))).length;
    const [oldLines, newLines] = [linesWith(" -"), linesWith(" +")];
    const hunk = { oldStart: start + 1, oldLines, newStart: start + 1 + growth, newLines, lines };
    growth += newLines - oldLines;
    return hunk;
  });
}

// Without the tab a reader could take what follows a space for a date; this is what git writes.
const headerOf = (line: string): string => (/^.{4}[^"]* /.test(line) ? `${line}\t` : line);

/**
 * The unified diff that the edits of a file amount to, as `git apply` and `patch -p1` take it; empty when
 * nothing changes. The name is the file's from the folder where the diff is to be applied.
 */
export function unifiedDiff(name: string, before: string, edits: readonly Edit[]): string {
  const hunks = hunksOf(before, edits);
  if (hunks.length === 0) return "";
  const patch = {
    oldFileName: `a/${name}`,
    newFileName: `b/${name}`,
    oldHeader: undefined,
    newHeader: undefined,
    hunks,
  };
  const [from = "", to = "", ...rest] = formatPatch(patch, FILE_HEADERS_ONLY).split("\n");
  return [headerOf(from), headerOf(to), ...rest].join("\n");
}

const formats: Readonly<Record<string, Parameters<Palette>[0]>> = { "@": "cyan", "+": "green", "-": "red" };

/** The diff of one file in colours. */
export function paintDiff(diff: string, paint: Palette): string {
  const line = (text: string, index: number): string => {
    const format = index < 2 ? "bold" : formats[text.charAt(0)];
    return format === undefined || text === "" ? text : paint(format, text);
  };
  return diff.split("\n").map(line).join("\n");
}
