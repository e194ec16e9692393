import { parser } from "@prometheus-io/lezer-promql";

/** What a PromQL expression asks for. */
export interface Query {
  /** What the parser could not make sense of; nothing where the expression is sound. */
  readonly mistakes: readonly string[];
  readonly selectors: readonly { readonly metric: string; readonly matchers: readonly Matcher[] }[];
  /** Labels that something is grouped by or matched on. */
  readonly groupedBy: readonly string[];
}

export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** Reads an expression with the parser of Prometheus' own web interface. */
export function parsePromql(expression: string): Query {
  const tree = parser.parse(expression);
  const mistakes: string[] = [];
  const selectors: { metric: string; matchers: Matcher[] }[] = [];
  const groupedBy: string[] = [];
  const textOf = ({ from, to }: { from: number; to: number }): string => expression.slice(from, to);
  tree.iterate({
    enter({ type, from, to, node }) {
      if (type.isError) mistakes.push(`at ${from}: ${textOf({ from, to })}`);
      if (type.name === "VectorSelector") {
        const name = node.getChild("Identifier");
        selectors.push({ metric: name === null ? "" : textOf(name), matchers: [] });
      }
      if (type.name === "UnquotedLabelMatcher") {
        const [label, operator, value] = ["LabelName", "MatchOp", "StringLiteral"].map((part) => {
          const child = node.getChild(part);
          return child === null ? "" : textOf(child);
        });
        const matcher = { label: label ?? "", operator: operator ?? "", value: (value ?? "").slice(1, -1) };
        selectors.at(-1)?.matchers.push(matcher);
      }
      if (type.name === "GroupingLabels") groupedBy.push(...node.getChildren("LabelName").map(textOf));
    },
  });
  return { mistakes, selectors, groupedBy };
}
