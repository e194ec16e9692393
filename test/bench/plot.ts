import type { Row } from "./report.ts";

const width = 760;
const labelWidth = 300;
const barHeight = 16;
const gap = 14;
const colours = ["#8c8c8c", "#c58b3c", "#2f6db5", "#9b4f96"];

const escaped = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");

/** Requests per second of every server under every load, against the first server, as a bar chart in SVG. */
export function plot(rows: readonly Row[]): string {
  const scenarios = [...new Set(rows.map(({ scenario }) => scenario))];
  const targets = [...new Set(rows.map(({ target }) => target))];
  const most = Math.max(1, ...rows.map(({ ratio }) => ratio.requestsPerSecond));
  const scale = (width - labelWidth - 60) / most;
  const blockHeight = targets.length * barHeight + gap;
  const bars = rows.map((row) => {
    const target = targets.indexOf(row.target);
    const top = 40 + scenarios.indexOf(row.scenario) * blockHeight + target * barHeight;
    const length = Math.round(row.ratio.requestsPerSecond * scale);
    const label = target === 0 ? `<text x="8" y="${top + 12}">${escaped(row.scenario)}</text>` : "";
    return `${label}<rect x="${labelWidth}" y="${top + 2}" width="${length}" height="${barHeight - 3}" fill="${colours[target]}"/><text x="${labelWidth + length + 6}" y="${top + 12}">${row.ratio.requestsPerSecond}</text>`;
  });
  const legend = targets.map(
    (target, index) =>
      `<rect x="${8 + index * 240}" y="10" width="12" height="12" fill="${colours[index]}"/><text x="${24 + index * 240}" y="20">${escaped(target)}</text>`,
  );
  const height = 40 + scenarios.length * blockHeight;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/>${legend.join("")}${bars.join("")}</svg>\n`;
}
