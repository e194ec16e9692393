import type { ServingPair } from "./source.ts";

/** The pair that is served now, and those who are told of another. */
export class Published {
  #current: ServingPair | undefined;
  readonly #listeners: ((pair: ServingPair) => void)[] = [];
  #onFirst: () => void = () => {};
  readonly whenServing = new Promise<void>((resolve) => {
    this.#onFirst = resolve;
  });

  get current(): ServingPair | undefined {
    return this.#current;
  }

  onChange(listener: (pair: ServingPair) => void): void {
    this.#listeners.push(listener);
  }

  put(pair: ServingPair): void {
    this.#current = pair;
    for (const listener of this.#listeners) listener(pair);
    this.#onFirst();
  }

  end(): void {
    this.#onFirst();
  }
}
