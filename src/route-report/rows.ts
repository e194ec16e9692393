import type { Palette } from "../review/palette.ts";
import type { RoutedMapping } from "../routes/effective.ts";
import type { Share } from "../routes/table.ts";
import { barWidth, type Glyphs } from "./glyphs.ts";
import { ownerOf, percentWords, serviceOf } from "./words.ts";

/** How a text is dressed for where it is printed. */
export interface Style {
  readonly paint: Palette;
  readonly glyphs: Glyphs;
  /** Columns of the terminal; undefined: nothing is shortened. */
  readonly width: number | undefined;
}

/** One Mapping of a route on a line of its own. */
export interface Row {
  readonly percent: string;
  readonly role: { readonly share: number } | "shadow" | "refused" | "dropped" | "404" | "goes on";
  readonly service: string;
  readonly owner: string;
}

export const shareRow = ({ mapping, percent }: Share): Row => ({
  percent: percentWords(percent),
  role: { share: percent },
  service: serviceOf(mapping),
  owner: ownerOf(mapping),
});

export const shadowRow = ({ mapping, percent }: Share): Row => ({
  ...shareRow({ mapping, percent }),
  role: "shadow",
});

export const outcastRow = (mapping: RoutedMapping, role: "refused" | "dropped"): Row => ({
  percent: "",
  role,
  service: serviceOf(mapping),
  owner: ownerOf(mapping),
});

/** The widths that the rows of a whole table have in common. */
export interface Columns {
  readonly service: number;
}

const percentWidth = 5;
const indent = "  ";
const gap = "  ";
/** What is left of a service in a narrow terminal. */
const leastService = 12;

export function columnsOf(rows: readonly Row[], { width }: Style): Columns {
  const longest = (read: (row: Row) => string): number =>
    rows.reduce((most, row) => Math.max(most, read(row).length), 0);
  const service = longest((row) => row.service);
  if (width === undefined) return { service };
  const others = indent.length + percentWidth + barWidth + longest((row) => row.owner) + 3 * gap.length;
  return { service: Math.max(Math.min(service, width - others), Math.min(service, leastService)) };
}

export function rowLine(row: Row, columns: Columns, style: Style): string {
  const { paint } = style;
  const service = shortened(row.service, columns.service, style);
  const cells = [
    indent + row.percent.padStart(percentWidth),
    roleCell(row, style),
    row.owner === "" ? service : service.padEnd(columns.service),
    paint("cyan", row.owner),
  ];
  return cells
    .filter((cell) => cell !== "")
    .join(gap)
    .trimEnd();
}

function roleCell({ role }: Row, { paint, glyphs }: Style): string {
  if (typeof role === "object") {
    const bar = glyphs.bar(role.share);
    return paint("green", bar) + " ".repeat(barWidth - bar.length);
  }
  const padded = role.padEnd(barWidth);
  return role === "shadow" ? paint("dim", padded) : paint("yellow", padded);
}

/** Cut in the middle: a Service's name tells most at its beginning, its namespace and port at its end. */
function shortened(text: string, width: number, { glyphs }: Style): string {
  if (text.length <= width) return text;
  const room = width - glyphs.ellipsis.length;
  const head = Math.ceil(room / 2);
  return `${text.slice(0, head)}${glyphs.ellipsis}${text.slice(text.length - (room - head))}`;
}
