/** More distinct values than this are not worth sharing; then sharing starts anew. */
const capacity = 4096;

/** Longer strings are seldom equal. */
const maxTextLength = 64;

/** Lets equal values share one object. It forgets, so it never keeps more than a bounded number alive. */
export class Pool {
  readonly #texts = new Map<string, string>();
  readonly #values = new Map<string, unknown>();

  text(text: string): string {
    if (text.length > maxTextLength) return text;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#texts.size >= capacity) this.#texts.clear();
    this.#texts.set(text, text);
    return text;
  }

  /** The first value that was given for this key. The key must tell all that the value holds. */
  value<T>(key: string, create: () => T): T {
    const known = this.#values.get(key);
    if (known !== undefined) return known as T;
    if (this.#values.size >= capacity) this.#values.clear();
    const value = create();
    this.#values.set(key, value);
    return value;
  }
}

/** A copy that owns its characters: a slice would keep the whole text that it was cut from. */
export const owned = (text: string): string => Buffer.from(text).toString();
