import type { RouteGroup, Share } from "../routes/table.ts";
import { problemsOf } from "./problems.ts";
import type { Ambassador, Served } from "./served.ts";
import { ambassadorTitle, ownerOf, percentWords, routeConditions, routeName, serviceOf } from "./words.ts";

/** Mermaid reads entities with a number sign in place of the ampersand; markup and quotes end a label. */
const escaped = (text: string): string =>
  text.replace(/[#&"'`<>\\;|[\]{}()*_~]/g, (char) => `#${char.charCodeAt(0)};`);

const label = (lines: readonly string[]): string => `["${lines.map(escaped).join("<br/>")}"]`;

/** Numbers the nodes in the order in which they are first asked for. */
class Nodes {
  readonly #ids = new Map<string, string>();
  readonly #lines: string[] = [];

  /** The id of the node with this label; it is declared once. */
  of(lead: string, lines: readonly string[]): string {
    const key = JSON.stringify([lead, lines]);
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = `${lead}${this.#ids.size}`;
    this.#ids.set(key, id);
    this.#lines.push(`  ${id}${label(lines)}`);
    return id;
  }

  get lines(): readonly string[] {
    return this.#lines;
  }
}

/** The route table as a flowchart of Mermaid: routes on the left, the Services that answer on the right. */
export function mermaidOf(served: Served): string {
  const nodes = new Nodes();
  const edges: string[] = [];
  const groups = served.ambassadors.map((ambassador, a) => {
    const routes = ambassador.shown.map((route, r) => {
      const id = `a${a}r${r}`;
      edges.push(...edgesOf(route, id, nodes));
      const isWrong = problemsOf(route, { ...served, routes: ambassador.routes }).length > 0;
      return `    ${id}${label([routeName(route), ...routeConditions(route)])}${isWrong ? ":::problem" : ""}`;
    });
    return subgraph(ambassador, `a${a}`, routes);
  });
  const styles = ["  classDef problem stroke:#d97706,stroke-width:3px"];
  return `${["flowchart LR", ...groups.flat(), ...nodes.lines, ...edges, ...styles].join("\n")}\n`;
}

const subgraph = (ambassador: Ambassador, id: string, routes: readonly string[]): readonly string[] => [
  `  subgraph ${id}${label([ambassadorTitle(ambassador)])}`,
  ...routes,
  "  end",
];

function edgesOf(route: RouteGroup, from: string, nodes: Nodes): readonly string[] {
  const target = (mapping: Share["mapping"]): string => nodes.of("s", [serviceOf(mapping), ownerOf(mapping)]);
  return [
    ...route.split.map(
      ({ mapping, percent }) => `  ${from} -->|"${escaped(percentWords(percent))}"| ${target(mapping)}`,
    ),
    ...(route.remainder > 0
      ? [`  ${from} -->|"${escaped(percentWords(route.remainder))}"| ${nodes.of("n", ["next route or 404"])}`]
      : []),
    ...(route.shadow
      ? [
          `  ${from} -.->|"shadow ${escaped(percentWords(route.shadow.percent))}"| ${target(route.shadow.mapping)}`,
        ]
      : []),
    ...[...route.refusedShadows, ...route.dropped].map(
      (mapping) => `  ${from} -.-x|"refused"| ${target(mapping)}`,
    ),
  ];
}
