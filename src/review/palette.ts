import { styleText } from "node:util";

type Format = Parameters<typeof styleText>[0];

/** Dresses text for where it is printed. */
export type Palette = (format: Format, text: string) => string;

/** Colours for a terminal, unless NO_COLOR (https://no-color.org) or TERM=dumb forbids them. */
export function paletteFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Palette {
  const coloured = stream.isTTY === true && !env.NO_COLOR && env.TERM !== "dumb";
  return (format, text) => (coloured ? styleText(format, text, { validateStream: false }) : text);
}
