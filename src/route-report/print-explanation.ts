import { oneLine } from "../diagnostics/message.ts";
import type { Request } from "../routes/explain.ts";
import type { Mismatch } from "../routes/mismatch.ts";
import type { Explanation, Miss, Part } from "./explanation.ts";
import { columnsOf, type Row, rowLine, type Style, shadowRow, shareRow } from "./rows.ts";
import { ambassadorTitle, conditionWords, percentWords, routeTitle } from "./words.ts";

/** What becomes of a request, for people: who answers, who gets a copy, and why. */
export function explanationText(
  request: Request,
  explanations: readonly Explanation[],
  options: Style & { readonly isPlain: boolean },
): string {
  const { paint } = options;
  const lines = explanations.flatMap((explanation) => [
    ...(options.isPlain ? [] : ["", paint(["bold", "underline"], ambassadorTitle(explanation.ambassador))]),
    ...(explanation.answers.length === 0
      ? lostLines(explanation, options)
      : answerLines(explanation, options)),
  ]);
  const none = explanations.length === 0 ? lostLines(undefined, options) : [];
  return `${[paint("bold", requestWords(request)), ...lines, ...none].join("\n")}\n`;
}

const requestWords = ({ method, host, path, headers }: Request): string =>
  oneLine(
    [`${method} ${host}${path}`, ...[...headers].map(([name, value]) => `${name}: ${value}`)].join("  "),
  );

function answerLines(explanation: Explanation, style: Style): readonly string[] {
  const { answers, copies, lost, matched, passed } = explanation;
  const rows: Row[] = [
    ...answers.map(shareRow),
    ...copies.map(shadowRow),
    ...(lost > 0 ? [{ percent: percentWords(lost), role: "404", service: "", owner: "" } as const] : []),
  ];
  const columns = columnsOf(rows, style);
  return [
    ...rows.map((row) => rowLine(row, columns, style)),
    "",
    ...matched.flatMap((route, index) => [
      `${index === 0 ? "by" : "then by"} ${style.paint("bold", routeTitle(route))}`,
      ...pathLines([...answers, ...copies].filter((part) => part.route === route)),
    ]),
    ...passed.flatMap((miss) => [`tried before: ${routeTitle(miss.route)}`, ...reasonLines(miss)]),
  ];
}

function pathLines(parts: readonly Part[]): readonly string[] {
  const paths = [...new Set(parts.flatMap(({ path }) => (path === undefined ? [] : [path])))];
  return paths.map((path) => oneLine(`  sent on as ${path}`));
}

function lostLines(explanation: Explanation | undefined, { paint }: Style): readonly string[] {
  const nearest = explanation?.nearest ?? [];
  return [
    `  ${paint(["bold", "red"], "404")}  no route takes this request to anybody`,
    ...nearest.flatMap((miss) => [`near it: ${paint("bold", routeTitle(miss.route))}`, ...reasonLines(miss)]),
  ];
}

const reasonLines = ({ route, reasons }: Miss): readonly string[] =>
  reasons.length > 0
    ? reasons.map((reason) => `  ${reasonWords(reason)}`)
    : [
        route.split.length === 0
          ? "  it matches, but holds nothing but shadows: nobody answers"
          : "  it matches, but nobody in it has a share",
      ];

/** Why a route does not take a request, as a clause. */
export function reasonWords(reason: Mismatch): string {
  switch (reason.kind) {
    case "method":
      return oneLine(`the method must be ${reason.wanted}`);
    case "host":
      return oneLine(`the host must be ${reason.wanted}`);
    case "path":
      return oneLine(`the path must begin with ${reason.wanted}`);
    default: {
      const { condition, sent } = reason;
      const subject = `${reason.kind === "header" ? "header" : "query parameter"} ${condition.name}`;
      const found = sent === undefined ? "is missing" : `is ${JSON.stringify(sent)}`;
      return oneLine(`the ${subject} ${found}; wanted: ${conditionWords(condition)}`);
    }
  }
}
