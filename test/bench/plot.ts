import type { Figures, Row } from "./report.ts";

/** Bars for one ratio of every server under every load; the first server's is 1. */
export interface Section {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly figure: keyof Figures;
}

const width = 860;
const labelWidth = 300;
const barHeight = 15;
const gap = 12;
const legendHeight = 56;
const colours = ["#8c8c8c", "#bdbdbd", "#c58b3c", "#2f6db5", "#9b4f96"];

const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

const text = (x: number, y: number, content: string | number): string =>
  `<text x="${x}" y="${y}">${escaped(String(content))}</text>`;

const bar = (x: number, y: number, length: number, colour: string | undefined): string =>
  `<rect x="${x}" y="${y}" width="${length}" height="${barHeight - 3}" fill="${colour}"/>`;

/** The drawing of a section whose upper edge is at `top`, and where it ends. */
function drawn({ title, rows, figure }: Section, top: number): { svg: string; end: number } {
  const targets = [...new Set(rows.map(({ target }) => target))];
  const most = Math.max(1, ...rows.map(({ ratio }) => ratio[figure]));
  const scale = (width - labelWidth - 60) / most;
  const legend = targets.map((target, index) => {
    const x = 8 + index * (width / targets.length);
    return bar(x, top + 24, 12, colours[index]) + text(x + 16, top + 34, target);
  });
  let y = top + legendHeight;
  let scenario: string | undefined;
  const bars = rows.map((row) => {
    const isNew = row.scenario !== scenario;
    if (isNew && scenario !== undefined) y += gap;
    scenario = row.scenario;
    const length = Math.max(1, Math.round(row.ratio[figure] * scale));
    const colour = colours[targets.indexOf(row.target)];
    const label = isNew ? text(8, y + 10, row.scenario) : "";
    const svg = `${label}${bar(labelWidth, y, length, colour)}${text(labelWidth + length + 6, y + 10, row.ratio[figure])}`;
    y += barHeight;
    return svg;
  });
  return { svg: text(8, top + 14, title) + legend.join("") + bars.join(""), end: y + gap };
}

/** Bar charts in SVG, one under the other. */
export function plot(sections: readonly Section[]): string {
  let height = gap;
  const parts = sections
    .filter(({ rows }) => rows.length > 0)
    .map((section) => {
      const { svg, end } = drawn(section, height);
      height = end + gap;
      return svg;
    });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/>${parts.join("")}</svg>\n`;
}
