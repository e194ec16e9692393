/** A place in the input that kubectl would not read either; `offset` counts within the text being parsed. */
export class Unreadable extends Error {
  override readonly name = "Unreadable";
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}
