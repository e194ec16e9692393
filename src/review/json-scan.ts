import { maxDepth } from "./construct.ts";
import { Unreadable } from "./unreadable.ts";

const forms = [
  String.raw`"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"`,
  String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w.])`,
  String.raw`(?:true|false|null)(?!\w)`,
  String.raw`[{}[\],:]`,
];
const token = new RegExp(String.raw`[ \t\r\n]*(${forms.join("|")})?`, "y");
const space = /[ \t\r\n]*/y;

/** The first offset from `from` that is not JSON white space. */
export function skipSpace(text: string, from: number): number {
  space.lastIndex = from;
  space.exec(text);
  return space.lastIndex;
}

/** Finds where the JSON value that starts at `from` ends. Throws Unreadable where it is not JSON. */
export function endOfJson(text: string, from: number): number {
  const scan = new Scan(text, from);
  scan.value(0);
  return scan.offset;
}

class Scan {
  offset: number;
  readonly #text: string;

  constructor(text: string, offset: number) {
    this.#text = text;
    this.offset = offset;
  }

  value(depth: number): void {
    const found = this.#next();
    if (found === "{") this.#items("}", depth, () => this.#member(depth));
    else if (found === "[") this.#items("]", depth, () => this.value(depth + 1));
    else if (found === undefined || /^[}\],:]/.test(found)) this.#fail("a value", found);
  }

  #items(close: string, depth: number, item: () => void): void {
    if (depth >= maxDepth) throw new Unreadable(`nested deeper than ${maxDepth} levels`, this.offset);
    if (this.#peek() === close) {
      this.#next();
      return;
    }
    let separator: string | undefined;
    do {
      item();
      separator = this.#next();
    } while (separator === ",");
    if (separator !== close) this.#fail(`"," or "${close}"`, separator);
  }

  #member(depth: number): void {
    const key = this.#next();
    if (!key?.startsWith('"')) this.#fail("a key in double quotes", key);
    const colon = this.#next();
    if (colon !== ":") this.#fail('":"', colon);
    this.value(depth + 1);
  }

  #peek(): string | undefined {
    token.lastIndex = this.offset;
    return token.exec(this.#text)?.[1];
  }

  #next(): string | undefined {
    const found = this.#peek();
    this.offset = token.lastIndex;
    return found;
  }

  #fail(expected: string, found: string | undefined): never {
    const at = this.offset - (found?.length ?? 0);
    const char = String.fromCodePoint(this.#text.codePointAt(at) ?? 0);
    const shown = at >= this.#text.length ? "the end" : JSON.stringify(char);
    throw new Unreadable(`not JSON: expected ${expected}, found ${shown}`, at);
  }
}
