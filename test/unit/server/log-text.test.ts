import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createLogger, type Logger } from "../../../src/server/log.ts";
import { serveInProcess } from "../../support/program.ts";

/** What a logger for people writes. */
function written(log: (logger: Logger) => void): string {
  let text = "";
  const write = (line: string): void => {
    text += line;
  };
  log(createLogger("debug", { write }, "text"));
  return text.replaceAll(/^\d\d:\d\d:\d\d\.\d{3} /gm, "TIME ");
}

describe("the log for people", () => {
  test("is a line with time, level, message and fields", () => {
    assert.equal(
      written((logger) => {
        logger.info(
          { signal: "SIGTERM", ms: 1.5, dryRun: false, rules: ["a", "b"], patched: null },
          "stopping",
        );
        logger.warn("no fields");
      }),
      'TIME INFO  stopping signal=SIGTERM ms=1.5 dryRun=false rules=["a","b"] patched=null\nTIME WARN  no fields\n',
    );
  });

  test("quotes what could be taken for something else", () => {
    assert.equal(
      written((logger) => logger.info({ empty: "", spaced: "a b=c", name: 'a"b', path: "/mutate" }, "m")),
      'TIME INFO  m empty="" spaced="a b=c" name="a\\"b" path=/mutate\n',
    );
  });

  test("lets no value begin a line, colour a terminal or turn the writing round", () => {
    const hostile = "a\nTIME INFO  forged\r\u001b[31m\u009b2J\u2028\u202e\u200b\u{e0001}";
    const text = written((logger) => logger.info({ name: hostile, nested: { [hostile]: 1 } }, hostile));
    assert.equal(text.split("\n").length, 2);
    assert.match(text, /^[ -~]+\n$/);
  });

  test("shows the frames of an error below its line, and nothing of its message there", () => {
    const error = new TypeError("first\n    at forged (evil.js:1:1)\u001b");
    const lines = written((logger) => logger.error({ err: error }, "failed")).split("\n");
    assert.equal(lines[0], 'TIME ERROR failed err="TypeError: first\\n    at forged (evil.js:1:1)\\u001b"');
    assert.ok(lines.slice(1, -1).length > 2);
    for (const line of lines.slice(1, -1)) assert.match(line, /^ {4}at (?!forged)/);
    assert.equal(lines.at(-1), "");
  });
});

test("serve --log-format=text writes it, from the first line to the last", async (t) => {
  const server = await serveInProcess(t, "--drain-seconds=0", "--log-format=text");
  server.child.kill("SIGTERM");
  assert.equal(await server.ended, 0);
  const lines = server.stdout().trimEnd().split("\n");
  for (const line of lines) assert.match(line, /^\d\d:\d\d:\d\d\.\d{3} INFO {2}[a-z]/);
  assert.match(lines.at(-2) ?? "", / stopping signal=SIGTERM$/);
});
