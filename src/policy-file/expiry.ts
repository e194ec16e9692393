const date = /^(\d{4})-(\d{2})-(\d{2})$/;
const time = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})$/;
const dayMs = 24 * 60 * 60 * 1000;

const isDay = (text: string): boolean => {
  const day = new Date(`${text}T00:00:00Z`);
  // 2027-02-30 would become the second of March.
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
};

/**
 * The moment that a text names, in milliseconds since 1970: that of an RFC 3339 time, or the beginning in UTC of an
 * RFC 3339 date. Undefined for what is neither.
 */
export function momentOf(text: string): number | undefined {
  if (!isDay(text.slice(0, 10))) return undefined;
  if (date.test(text)) return Date.parse(`${text}T00:00:00Z`);
  const moment = time.test(text) ? Date.parse(text.toUpperCase()) : Number.NaN;
  return Number.isNaN(moment) ? undefined : moment;
}

/** The moment at which something expires: as above, but a date is over at its end. */
export function expiryOf(text: string): number | undefined {
  const moment = momentOf(text);
  return moment !== undefined && date.test(text) ? moment + dayMs : moment;
}
