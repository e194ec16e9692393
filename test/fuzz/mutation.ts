import fc, { type GeneratorValue } from "fast-check";
import { hostileText } from "../support/arbitraries.ts";
import { corpus } from "./corpus.ts";

/** A place in a JSON value. */
interface Slot {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string | number;
}

/** Deeper or wider is not looked for: a mutation is as good in the first thousand places. */
const maxSlots = 1000;

function slotsOf(root: object): readonly Slot[] {
  const slots: Slot[] = [];
  const open: object[] = [root];
  while (open.length > 0 && slots.length < maxSlots) {
    const holder = open.shift() as Record<string, unknown>;
    for (const key of Object.keys(holder)) {
      slots.push({ holder, key });
      const value = holder[key];
      if (typeof value === "object" && value !== null) open.push(value);
    }
  }
  return slots;
}

const nested = (depth: number): unknown => {
  let value: unknown = "x";
  for (let level = 0; level < depth; level++) value = level % 2 === 0 ? [value] : { a: value };
  return value;
};

/** Values of every type, and those at the edge of one. */
const odd: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -0,
  -1,
  100,
  101,
  1.5,
  2 ** 31,
  2 ** 53,
  1e308,
  -1e308,
  "",
  "100",
  "0x10",
  [],
  {},
  [null],
  [[]],
  { "": "" },
  "seldon.io/ambassador-config",
  "a".repeat(300_000),
  nested(500),
  Array.from({ length: 500 }, () => ({ name: "main", traffic: 1 })),
];

const names = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "",
  "0",
  "name",
  "spec",
  "metadata",
  "null",
];

const pick = <T>(g: GeneratorValue, items: readonly T[]): T =>
  items[g(fc.nat, { max: items.length - 1 })] as T;

const put = ({ holder, key }: Slot, value: unknown): void => {
  // An assignment to __proto__ would not make the key that JSON.parse makes.
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
};

const valueAt = ({ holder, key }: Slot): unknown => (holder as Record<string | number, unknown>)[key];

const text = (g: GeneratorValue): string => g(() => hostileText);

/** What can be done to one place. */
const steps: readonly ((g: GeneratorValue, slot: Slot) => void)[] = [
  (_g, { holder, key }) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
  },
  (g, slot) => put(slot, structuredClone(pick(g, odd))),
  (g, slot) => put(slot, text(g)),
  (g, slot) => {
    const value = valueAt(slot);
    put(slot, typeof value === "string" ? `${value}${text(g)}` : [value]);
  },
  (g, { holder, key }) => {
    if (!Array.isArray(holder)) put({ holder, key: pick(g, names) }, holder[key]);
    else holder.push(structuredClone(holder[Number(key)]));
  },
  (g, slot) => {
    const donor = structuredClone(pick(g, corpus)) as object;
    put(slot, valueAt(pick(g, slotsOf(donor))));
  },
];

/** A copy with a few places changed. */
export function mutatedObject(g: GeneratorValue, object: unknown): unknown {
  const root = { object: structuredClone(object) };
  const count = g(fc.integer, { min: 0, max: 4 });
  for (let step = 0; step < count; step++) {
    const slots = slotsOf(root);
    // The root may be gone by now.
    if (slots.length > 0) pick(g, steps)(g, pick(g, slots));
  }
  return root.object;
}

/** The same bytes with a few of them changed, cut off, repeated or put in. */
export function mutatedBytes(g: GeneratorValue, bytes: Buffer): Buffer {
  let result = Buffer.from(bytes);
  const count = g(fc.integer, { min: 1, max: 4 });
  for (let step = 0; step < count && result.length > 0; step++) {
    const at = g(fc.nat, { max: result.length - 1 });
    const length = g(fc.integer, { min: 1, max: 20 });
    const [before, after] = [result.subarray(0, at), result.subarray(at)];
    const kind = g(fc.nat, { max: 4 });
    if (kind === 0) result[at] = g(fc.nat, { max: 255 });
    else if (kind === 1) result = Buffer.concat([before, after.subarray(length)]);
    else if (kind === 2) result = Buffer.concat([before, after.subarray(0, length), after]);
    else if (kind === 3) result = before;
    else result = Buffer.concat([before, Buffer.from(g(() => hostileText)), after]);
  }
  return result;
}
