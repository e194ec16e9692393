import fc from "fast-check";
import type { PatchOperation } from "../../../src/admission/types.ts";
import { type Annotations, annotations, ourKey } from "./splice-annotations.ts";

/** A document and a patch of its one SeldonDeployment, whatever the style it is written in. */
export interface SpliceCase {
  readonly text: string;
  readonly patch: readonly PatchOperation[];
}

const text = fc.oneof(
  fc.constantFrom(
    '# Made by\n"a": "b"\n---\n"c":\n  "d": 1\n',
    "one line",
    "no end\nof line",
    "two\nends\n\n",
    " indented\nfirst\n",
    "",
    "\n",
    "tab\there\nand\n\tthere\n",
    "trailing \nspace \n",
    "a\u2028b\u0085c\nd\u007f\ufeff",
    "windows\r\nends\r\n",
  ),
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.array(fc.string({ maxLength: 8 }), { maxLength: 4 }).map((lines) => lines.join("\n")),
);

function patchFor(has: Annotations["has"], holder: string, value: string, removes: boolean): PatchOperation {
  const pointer = `${holder}/annotations`;
  const keyPointer = `${pointer}/seldon.io~1ambassador-config`;
  if (has === "none") return { op: "add", path: pointer, value: { [ourKey]: value } };
  if (has === "null") return { op: "replace", path: pointer, value: { [ourKey]: value } };
  if (has === "map") return { op: "add", path: keyPointer, value };
  return removes ? { op: "remove", path: keyPointer } : { op: "replace", path: keyPointer, value };
}

const indented = (lines: readonly string[], indent: string): string[] =>
  lines.map((line) => (line === "" ? line : indent + line));

/** A map that holds annotations, and the lines of the whole object around it. */
interface Held {
  readonly holder: string;
  readonly has: Annotations["has"];
  readonly metadata: readonly string[];
  readonly spec: readonly string[];
}

const plainMetadata = ["metadata: {name: iris} # c-metadata"];
const predictors = ["predictors: # c-predictors", "- name: default", "  n: 1_0 # c-n"];
const plainSpec = ["# c-spec", "spec:", ...indented(predictors, "  ")];

const holders: readonly ((has: Held["has"], lines: readonly string[], indent: string) => Held)[] = [
  (has, lines, indent) => ({
    has,
    holder: "/metadata",
    metadata: ["metadata:", ...indented(lines, indent)],
    spec: plainSpec,
  }),
  (has, lines, indent) => ({
    has,
    holder: "/spec",
    metadata: plainMetadata,
    spec: ["spec: # c-spec", ...indented([...lines, ...predictors], indent)],
  }),
  (has, [first, ...rest], indent) => ({
    has,
    holder: "/spec/predictors/1",
    metadata: plainMetadata,
    spec: [...plainSpec, `  -${indent}${first}`, ...indented(rest, `   ${indent}`)],
  }),
];

const blockHeld = fc
  .record({
    chosen: fc.constantFrom(...annotations),
    isFirst: fc.boolean(),
    indent: fc.constantFrom("  ", "    ", " "),
    hold: fc.constantFrom(...holders),
    noise: fc.constantFrom<string[]>(
      [],
      ["# c-meta"],
      ["", "# c-meta"],
      ["labels:", "# c-deep", "  l: v # c-label"],
    ),
  })
  .map(({ chosen, isFirst, indent, hold, noise }) => {
    const named = ["name: iris # c-name"];
    const lines = isFirst ? [...chosen.lines, ...noise, ...named] : [...named, ...noise, ...chosen.lines];
    return hold(chosen.has, lines, indent);
  });

const flowHeld = fc
  .constantFrom<readonly [string, Annotations["has"]]>(
    ["", "none"],
    [", annotations: {a: b}", "map"],
    [", annotations: {}", "map"],
    [", annotations: ", "null"],
    [", annotations", "null"],
    [`, annotations: {${ourKey}: old}`, "ours"],
  )
  .chain(([part, has]) => {
    const map = `{name: iris${part}} # c-flow`;
    return fc.constantFrom<Held>(
      { has, holder: "/metadata", metadata: [`metadata: ${map}`], spec: plainSpec },
      { has, holder: "/spec", metadata: plainMetadata, spec: [`spec: ${map}`] },
      { has, holder: "/spec/predictors/1", metadata: plainMetadata, spec: [...plainSpec, `  - ${map}`] },
    );
  });

const header = ["apiVersion: machinelearning.seldon.io/v1", "kind: SeldonDeployment"];
const shapes = ["document", "stream", "list", "listIndented"] as const;

function inShape(lines: readonly string[], shape: (typeof shapes)[number]): readonly string[] {
  if (shape === "document") return lines;
  if (shape === "stream") return ["# c-top", "kind: Before", "---", ...lines, "--- # c-sep", "kind: After"];
  const dash = shape === "list" ? "- " : "  - ";
  const item = [`${dash}${lines[0]}`, ...indented(lines.slice(1), " ".repeat(dash.length))];
  return ["# c-top", "apiVersion: v1", "kind: List # c-list", "items:", ...item];
}

const orders: readonly ((held: Held) => readonly string[])[] = [
  ({ metadata, spec }) => [...header, ...metadata, ...spec],
  ({ metadata, spec }) => [...metadata, ...header, ...spec],
  ({ metadata, spec }) => [...header, ...spec, ...metadata],
];

/** Documents of every style, alone or as the item of a List, with comments called `# c-…` all over. */
export const spliceCases: fc.Arbitrary<SpliceCase> = fc
  .record({
    held: fc.oneof({ arbitrary: blockHeld, weight: 5 }, flowHeld),
    order: fc.constantFrom(...orders),
    shape: fc.constantFrom(...shapes),
    value: text,
    removes: fc.boolean(),
    addsSecond: fc.boolean(),
    newline: fc.constantFrom("\n", "\r\n"),
    ending: fc.constantFrom("\n", "", "\n\n# c-end\n", "\n...\n"),
  })
  .map(({ held, order, shape, value, removes, addsSecond, newline, ending }) => {
    const first = patchFor(held.has, held.holder, value, removes);
    const second = patchFor("none", "/spec/predictors/0", "", false);
    const isSecond = addsSecond && held.spec.includes("    n: 1_0 # c-n");
    return {
      text: inShape(order(held), shape).join(newline) + ending.replaceAll("\n", newline),
      patch: isSecond ? [first, second] : [first],
    };
  });
