/** What pino writes about an error. */
interface LoggedError {
  readonly type?: string;
  readonly message?: string;
  readonly stack?: string;
}

/** Control characters of both kinds, line separators, and what turns the direction of writing or is not to be seen. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

const escaped = (text: string): string =>
  text.replace(unprintable, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);

/** Bare where it cannot be misread, quoted otherwise. */
function valueText(value: unknown): string {
  if (typeof value === "string" && /^[\w./:@+-]+$/.test(value)) return value;
  return escaped(JSON.stringify(value));
}

// The frames alone: the message stands on the line itself, and may look like one.
const stackLines = ({ stack = "", message = "" }: LoggedError): readonly string[] =>
  stack
    .slice(stack.indexOf(message) + message.length)
    .split("\n")
    .filter((line) => /^\s+at /.test(line))
    .map((line) => `    ${escaped(line.trim())}`);

/**
 * A JSON line of the log for people: `14:03:07.123 INFO  stopping signal=SIGTERM`, with the frames of an error below
 * it. Nothing in a value can begin a line or speak to a terminal.
 */
export function textLine(json: string): string {
  const { time, level, msg, err, ...rest } = JSON.parse(json) as Record<string, unknown>;
  const error = err as LoggedError | undefined;
  const fields = error === undefined ? rest : { ...rest, err: `${error.type}: ${error.message}` };
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${valueText(value)}`);
  const head = `${String(time).slice(11, 23)} ${String(level).toUpperCase().padEnd(5)} ${escaped(String(msg))}`;
  return [`${head}${pairs.join("")}`, ...(error === undefined ? [] : stackLines(error)), ""].join("\n");
}
