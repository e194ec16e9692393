import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { defaultEngineSettings } from "../../../src/config/settings.ts";
import { paletteFor } from "../../../src/review/palette.ts";
import { glyphsFor } from "../../../src/route-report/glyphs.ts";
import { mermaidOf } from "../../../src/route-report/print-mermaid.ts";
import { tableText } from "../../../src/route-report/print-text.ts";
import { select } from "../../../src/route-report/selection.ts";
import { type Served, servedOf } from "../../../src/route-report/served.ts";
import { decodeDeployment } from "../../../src/seldon/decode.ts";
import { deploymentOf, type Json } from "../../support/deployment.ts";

const serve = (...objects: Json[]): Served =>
  servedOf(
    objects.flatMap((raw) => decodeDeployment(raw, "models").deployment ?? []),
    defaultEngineSettings,
  );

const canary = deploymentOf({
  name: "a-model-with-a-long-name",
  predictors: [
    { name: "main", traffic: 75 },
    { name: "canary", traffic: 25 },
  ],
});

const env = { LANG: "en_GB.UTF-8", TERM: "xterm" };

function printed(
  served: Served,
  terminal: { isTTY: boolean; columns?: number },
  of: Record<string, string> = env,
) {
  return tableText(served, {
    paint: paletteFor(terminal, of),
    glyphs: glyphsFor(terminal, of),
    width: terminal.isTTY ? terminal.columns : undefined,
    verbose: false,
  });
}

test("in a pipe nothing is coloured and nothing is cut", () => {
  const text = printed(serve(canary), { isTTY: false, columns: 40 });
  assert.equal(stripVTControlCharacters(text), text);
  assert.match(text, /a-model-with-a-long-name-main\.models:8000 {4}models\/a-model/);
});

test("on a terminal Services are cut to its width, in the middle", () => {
  const text = printed(serve(canary), { isTTY: true, columns: 80 });
  assert.notEqual(stripVTControlCharacters(text), text);
  for (const line of stripVTControlCharacters(text).split("\n")) assert.ok(line.length <= 80, line);
  assert.match(text, /a-model-with-….*:8000/);
  const ascii = printed(serve(canary), { isTTY: true, columns: 80 }, { NO_COLOR: "1" });
  assert.equal(stripVTControlCharacters(ascii), ascii);
  assert.match(ascii, /^[ -~\n]*$/);
  assert.match(ascii, /75% {2}######## .*a-model-w.*\.\.\..*:8000/);
});

test("a wide terminal shows everything", () =>
  assert.match(
    printed(serve(canary), { isTTY: true, columns: 200 }),
    /a-model-with-a-long-name-main\.models:8000/,
  ));

const custom = (prefix: string, service: string): string =>
  ["apiVersion: getambassador.io/v2", "kind: Mapping", "name: x"]
    .concat(`prefix: ${JSON.stringify(prefix)}`, `service: ${JSON.stringify(service)}`)
    .join("\n");

const hostile = deploymentOf({
  name: "hostile",
  annotations: { "seldon.io/ambassador-config": custom('/"]\n\u001b[31m<script>%%{/', "x\r\ny`|") },
});

test("what stands in files cannot draw lines, colours or nodes of its own", () => {
  const text = printed(serve(hostile), { isTTY: false });
  assert.match(text, /^\/"\] \[31m<script>%%\{\/\n {3}100% {2}█{10} {2}x y`\| {2}models\/hostile\n/);
  const lines = mermaidOf(serve(hostile)).split("\n");
  assert.ok(lines.includes('    a0r0["/#34;#93; #91;31m#60;script#62;%%#123;/"]'), lines.join("\n"));
  assert.ok(lines.includes('  s0["x y#96;#124;<br/>models/hostile"]'), lines.join("\n"));
});

test("what is not asked for is not shown, but still known", () => {
  const served = serve(canary, deploymentOf({ name: "iris", namespace: "other" }));
  const one = select(served, { namespace: "other", ambassadorId: undefined });
  assert.match(printed(one, { isTTY: false }), /^2 routes of 1 deployment, 0 with problems$/m);
  assert.equal(one.ambassadors[0]?.routes.length, 4);
  assert.deepEqual(select(served, { namespace: undefined, ambassadorId: "blue" }).ambassadors, []);
});

test("those that hold no text of the webhook yet are told", () => {
  assert.deepEqual(
    serve(canary, hostile).unwritten.map(({ name }) => name),
    ["a-model-with-a-long-name"],
  );
});
