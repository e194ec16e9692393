/** What an evaluation may cost ran out. Made once: a stack for each of a million refusals would be a bomb itself. */
export class CostExceeded extends Error {
  override readonly name = "CostExceeded";
}

const exceeded = new CostExceeded("the budget is used up");

/**
 * Counts what evaluations cost. A unit is about as much work as reading one field: a tenth of a microsecond or two.
 * What is used up stays used up, whatever the expression makes of the error: CEL's logical operators and macros go on
 * after errors.
 */
export class Meter {
  #left = 0;

  /** Begins an evaluation with so many units. */
  start(units: number): void {
    this.#left = units;
  }

  get left(): number {
    return Math.max(0, this.#left);
  }

  get isUsedUp(): boolean {
    return this.#left < 0;
  }

  /** Throws CostExceeded as soon as more is spent than there was, and ever after. */
  spend(units: number): void {
    this.#left -= units;
    // Not a number: so much that it cannot be counted.
    if (!(this.#left >= 0)) {
      this.#left = -1;
      throw exceeded;
    }
  }
}
