/** Steps of work that are still allowed; what needs more is not counted to its end. */
export interface Budget {
  left: number;
}
