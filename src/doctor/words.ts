import type { Group } from "./facts.ts";

/** `a/b, c/d and 4 more` */
export const nameList = ({ count, first }: Group): string =>
  `${first.join(", ")}${count > first.length ? ` and ${count - first.length} more` : ""}`;

/** How many names a group keeps. */
const mostNames = 5;

/** Collects a group. */
export class Names {
  #count = 0;
  readonly #first: string[] = [];

  add(name: string): void {
    this.#count++;
    if (this.#first.length < mostNames) this.#first.push(name);
  }

  get group(): Group {
    return { count: this.#count, first: [...this.#first] };
  }
}
