const refuse = (): never => {
  throw new TypeError("what a rule is given is read-only");
};

/** Maps and Sets keep their entries out of reach of Object.freeze. */
function closeCollection(collection: object): void {
  for (const method of ["set", "add", "delete", "clear"])
    if (method in collection) Object.defineProperty(collection, method, { value: refuse });
}

/** The value itself with everything in it unwritable, Maps and Sets included. */
export function frozen<T>(value: T): T {
  const pending: unknown[] = [value];
  for (let item = pending.pop(); pending.length > 0 || item !== undefined; item = pending.pop()) {
    if (typeof item !== "object" || item === null || Object.isFrozen(item)) continue;
    if (item instanceof Map || item instanceof Set) {
      closeCollection(item);
      pending.push(...item.keys(), ...item.values());
    }
    Object.freeze(item);
    pending.push(...Object.values(item));
  }
  return value;
}
