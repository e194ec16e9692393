const quote = 0x22;
const backslash = 0x5c;
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/** What stands before the array, at the end of what was read so far. */
const itemsKey = /(?<!\\)"items"\s*:\s*$/;

/** Depths: 1 in the list, 2 in an array of it, 3 in an element of the array. */
const arrayDepth = 2;
const elementDepth = 3;

/**
 * Cuts the elements of `items` out of the JSON of a list while it arrives. Parsed as a whole, a page of 500 objects
 * is megabytes of text and objects that outlive the young generation; tens of thousands of objects would leave a
 * multiple of what is kept of them behind. It also keeps the event loop free for a whole page.
 */
export class ItemCutter {
  #depth = 0;
  #inText = false;
  #escaped = false;
  #inItems = false;
  /** Of the element that is under way. */
  #element: Buffer[] = [];
  #rest: Buffer[] = [];

  /** The elements that are complete with this chunk. */
  cut(chunk: Buffer): readonly string[] {
    const elements: string[] = [];
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const change = this.#read(chunk[at] ?? 0);
      if (change === 0) continue;
      const isElement = this.#inItems && this.#depth === (change > 0 ? elementDepth : arrayDepth);
      if (isElement && change > 0) {
        this.#leave(chunk.subarray(start, at));
        start = at;
      } else if (isElement) {
        this.#element.push(chunk.subarray(start, at + 1));
        elements.push(Buffer.concat(this.#element).toString());
        this.#element = [];
        start = at + 1;
      } else if (this.#depth <= arrayDepth) {
        this.#leave(chunk.subarray(start, at + 1));
        start = at + 1;
        this.#inItems = change > 0 && this.#depth === arrayDepth && this.#isItems();
      }
    }
    this.#keep(chunk.subarray(start));
    return elements;
  }

  /** The list without its elements, to be called when all has come. */
  rest(): string {
    return Buffer.concat(this.#rest).toString();
  }

  /** 1 when the byte opens an object or array, -1 when it closes one. */
  #read(byte: number): -1 | 0 | 1 {
    if (this.#inText) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === backslash) this.#escaped = true;
      else if (byte === quote) this.#inText = false;
      return 0;
    }
    if (byte === quote) this.#inText = true;
    else if (byte === openBrace || byte === openBracket) {
      this.#depth++;
      return 1;
    } else if (byte === closeBrace || byte === closeBracket) {
      this.#depth--;
      return -1;
    }
    return 0;
  }

  /** What lies between elements is commas and blanks; anything else makes the rest unreadable, as it should. */
  #leave(bytes: Buffer): void {
    if (this.#inItems)
      this.#rest.push(Buffer.from(bytes.toString("latin1").replace(/[\s,]+/g, ""), "latin1"));
    else this.#rest.push(Buffer.from(bytes));
  }

  // Copied, or the memory of the chunks would live on with the few bytes that are kept of them.
  #keep(bytes: Buffer): void {
    if (this.#inItems && this.#depth >= elementDepth) this.#element.push(Buffer.from(bytes));
    else this.#leave(bytes);
  }

  #isItems(): boolean {
    return itemsKey.test(this.rest().slice(0, -1));
  }
}
