/** How shares and shortened texts are drawn. */
export interface Glyphs {
  readonly bar: (percent: number) => string;
  readonly ellipsis: string;
}

/** Cells of a whole bar. */
export const barWidth = 10;

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/** A bar of block characters; never empty for something, never whole for less than all. */
function blocks(percent: number): string {
  const most = barWidth * 8;
  const exact = Math.round((percent / 100) * most);
  const parts = percent <= 0 ? 0 : Math.max(1, percent < 100 ? Math.min(exact, most - 1) : most);
  return `${"█".repeat(Math.floor(parts / 8))}${eighths[parts % 8]}`;
}

function hashes(percent: number): string {
  const exact = Math.round((percent / 100) * barWidth);
  if (percent <= 0) return "";
  return "#".repeat(percent < 100 ? Math.min(Math.max(exact, 1), barWidth - 1) : barWidth);
}

/**
 * Block characters, and ASCII on a terminal that is not known to read UTF-8, by the variables of its locale in
 * their order of strength. What is piped is UTF-8, whatever the locale.
 */
export function glyphsFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Glyphs {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || "";
  const isPlain =
    stream.isTTY === true && (!/utf-?8/i.test(locale) || env.TERM === "dumb" || env.TERM === "linux");
  return isPlain ? { bar: hashes, ellipsis: "..." } : { bar: blocks, ellipsis: "…" };
}
