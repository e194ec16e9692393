import { oneLine } from "../diagnostics/message.ts";
import type { RouteGroup } from "../routes/table.ts";
import { curlOf } from "./curl.ts";
import { nextRoute, problemsOf } from "./problems.ts";
import { columnsOf, outcastRow, type Row, rowLine, type Style, shadowRow, shareRow } from "./rows.ts";
import { mappingsOf } from "./selection.ts";
import { type Ambassador, defaultId, type Served } from "./served.ts";
import { ambassadorTitle, percentWords, routeConditions, routeName } from "./words.ts";

export interface TextOptions extends Style {
  /** With a ready call for each route of REST. */
  readonly verbose: boolean;
}

/** The route table for people, one route after the other in Ambassador's order. */
export function tableText(served: Served, options: TextOptions): string {
  const { ambassadors } = served;
  const all = ambassadors.flatMap((ambassador) =>
    ambassador.shown.flatMap((route) => rowsOf(route, ambassador)),
  );
  const columns = columnsOf(all, options);
  const parts = ambassadors.map((ambassador) => {
    const routes = ambassador.shown.flatMap((route) => {
      const lines = rowsOf(route, ambassador).map((row) => rowLine(row, columns, options));
      return [
        ...headLines(route, served, options),
        ...lines,
        ...problemLines(route, { ambassador, served, options }),
      ];
    });
    return [...titleLines(ambassador, served, options), ...routes, ""];
  });
  return `${[...parts.flat(), summaryOf(served)].join("\n")}\n`;
}

/** Whether there is any need to say which Ambassador is meant. */
export const isPlain = ({ ambassadors: [first, second] }: Pick<Served, "ambassadors">): boolean =>
  second === undefined && first?.id === defaultId && first.namespaces === undefined;

const titleLines = (ambassador: Ambassador, served: Served, { paint }: Style): readonly string[] =>
  isPlain(served) ? [] : [paint(["bold", "underline"], ambassadorTitle(ambassador))];

function headLines(route: RouteGroup, served: Served, { paint, verbose }: TextOptions): readonly string[] {
  const conditions = routeConditions(route).map((condition) => paint("magenta", condition));
  const curl = verbose ? curlOf(route, served) : undefined;
  return [
    [paint("bold", routeName(route)), ...conditions].join("  "),
    ...(curl === undefined ? [] : [`  ${paint("dim", oneLine(curl))}`]),
  ];
}

/** The Mappings of a route, and what becomes of the requests that none of them answers. */
export const rowsOf = (route: RouteGroup, { routes }: Pick<Ambassador, "routes">): readonly Row[] => [
  ...route.split.map(shareRow),
  ...(route.remainder > 0
    ? [
        {
          percent: percentWords(route.remainder),
          role: nextRoute(route, routes) ? ("goes on" as const) : ("404" as const),
          service: "",
          owner: "",
        },
      ]
    : []),
  ...(route.shadow ? [shadowRow(route.shadow)] : []),
  ...route.refusedShadows.map((mapping) => outcastRow(mapping, "refused")),
  ...route.dropped.map((mapping) => outcastRow(mapping, "dropped")),
];

interface Place {
  readonly ambassador: Ambassador;
  readonly served: Served;
  readonly options: TextOptions;
}

const problemLines = (
  route: RouteGroup,
  { ambassador, served, options: { paint } }: Place,
): readonly string[] =>
  problemsOf(route, { ...served, routes: ambassador.routes }).map(
    ({ message }) => `  ${paint(["bold", "yellow"], "!")} ${message}`,
  );

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

function summaryOf(served: Served): string {
  const { ambassadors } = served;
  const routes = ambassadors.flatMap((each) => each.shown);
  const owners = new Set(routes.flatMap(mappingsOf).map(({ owner }) => `${owner.namespace}/${owner.name}`));
  const bad = ambassadors.flatMap((each) =>
    each.shown.filter((route) => problemsOf(route, { ...served, routes: each.routes }).length > 0),
  );
  return `${count(routes.length, "route")} of ${count(owners.size, "deployment")}, ${bad.length} with problems`;
}
