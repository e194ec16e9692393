import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from "yaml";
import { linkAliases } from "./alias.ts";
import { resolveScalar } from "./scalar.ts";
import { Unreadable } from "./unreadable.ts";

/** For every map and list of a value: where the value under each key or index is written. */
export type Origins = WeakMap<object, Map<string | number, Node>>;

/** Deeper nesting would exhaust the stack of whoever walks the value. */
export const maxDepth = 500;

// go-yaml's own guard against alias bombs: the more is decoded, the less of it may come from aliases.
// https://github.com/kubernetes-sigs/yaml/blob/v1.4.0/goyaml.v2/decode.go#L348-L383
const allowedAliasRatio = (decoded: number): number => {
  if (decoded <= 400_000) return 0.99;
  if (decoded >= 4_000_000) return 0.1;
  return 0.99 - 0.89 * ((decoded - 400_000) / 3_600_000);
};

const offsetOf = (node: Node): number => node.range?.[0] ?? 0;

/** Builds plain values from a YAML tree, the way kubectl does. Throws Unreadable. */
export class Construction {
  readonly origins: Origins = new WeakMap();
  readonly #targets: Map<Alias, Node>;
  readonly #open = new Set<Node>();
  #depth = 0;
  #aliasDepth = 0;
  #decoded = 0;
  #aliased = 0;

  constructor(root: Node) {
    this.#targets = linkAliases(root);
  }

  build(node: Node | null): unknown {
    if (node === null) return null;
    this.#count(node);
    if (isAlias(node)) return this.#follow(node, (target) => this.build(target));
    if (isScalar(node)) return resolveScalar(node);
    if (isSeq(node)) return this.#nested(node, () => this.#list(node.items as (Node | null)[]));
    if (isMap(node)) return this.#nested(node, () => this.#map(node));
    throw new Unreadable("not a value", offsetOf(node));
  }

  #count(node: Node): void {
    this.#decoded += 1;
    if (this.#aliasDepth > 0) this.#aliased += 1;
    const isBomb = this.#aliased / this.#decoded > allowedAliasRatio(this.#decoded);
    if (this.#aliased > 100 && this.#decoded > 1000 && isBomb)
      throw new Unreadable("the document repeats itself excessively through aliases", offsetOf(node));
  }

  #nested<T>(node: Node, build: () => T): T {
    if (this.#depth >= maxDepth)
      throw new Unreadable(`nested deeper than ${maxDepth} levels`, offsetOf(node));
    this.#depth += 1;
    try {
      return build();
    } finally {
      this.#depth -= 1;
    }
  }

  #follow<T>(alias: Alias, use: (target: Node) => T): T {
    const target = this.#targets.get(alias);
    if (target === undefined) throw new Unreadable(`unknown anchor "${alias.source}"`, offsetOf(alias));
    if (this.#open.has(target))
      throw new Unreadable(`the value of anchor "${alias.source}" contains itself`, offsetOf(alias));
    this.#open.add(target);
    this.#aliasDepth += 1;
    try {
      return use(target);
    } finally {
      this.#aliasDepth -= 1;
      this.#open.delete(target);
    }
  }

  #list(items: readonly (Node | null)[]): unknown[] {
    const places = new Map<string | number, Node>();
    const list = items.map((item, index) => {
      if (item !== null) places.set(index, item);
      return this.build(item);
    });
    this.origins.set(list, places);
    return list;
  }

  #map(node: YAMLMap): object {
    const map = {};
    this.origins.set(map, new Map());
    this.#fill(map, node);
    return map;
  }

  /** In order, later entries winning, merged ones too: that is what go-yaml v2 does. */
  #fill(map: object, node: YAMLMap): void {
    for (const { key, value } of node.items as { key: Node; value: Node | null }[]) {
      if (isMergeKey(key)) this.#merge(map, value, key);
      else this.#put(map, key, this.build(value));
    }
  }

  #put(map: object, origin: Node, value: unknown): void {
    const key = this.#key(origin);
    this.origins.get(map)?.set(key, origin);
    // An assignment would not create a key called __proto__.
    Object.defineProperty(map, key, { value, enumerable: true, configurable: true, writable: true });
  }

  #key(node: Node): string {
    const key = this.build(node);
    if (key === null || typeof key === "object")
      throw new Unreadable(
        `a key must be text, not ${key === null ? "null" : "a map or list"}`,
        offsetOf(node),
      );
    return String(key);
  }

  // Among several, the earlier ones win.
  #merge(map: object, source: Node | null, key: Node): void {
    const sources = isSeq(source) ? (source.items.toReversed() as Node[]) : [source];
    for (const each of sources)
      if (isAlias(each)) this.#follow(each, (target) => this.#mergeOne(map, target, key));
      else this.#mergeOne(map, each, key);
  }

  #mergeOne(map: object, source: Node | null, key: Node): void {
    if (!isMap(source))
      throw new Unreadable('"<<" merges a map or a list of maps, nothing else', offsetOf(source ?? key));
    this.#count(source);
    this.#nested(source, () => this.#fill(map, source));
  }
}

const isMergeKey = (key: Node): key is Scalar =>
  isScalar(key) && key.value === "<<" && (key.type === "PLAIN" || key.tag === "tag:yaml.org,2002:merge");
