import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { withControlPlane } from "../control-plane/with-control-plane.ts";
import { appliesUnchanged, isSpeltOut, type Run, running, staysFromEitherSide } from "../support/applied.ts";
import {
  base,
  combine,
  componentFolder,
  components,
  overlayFolder,
  overlays,
  render,
} from "../support/manifests.ts";
import { installThirdPartyCrds } from "../support/third-party.ts";

/** Everything that can be applied, by the name of its test. */
const folders = (t: TestContext): Readonly<Record<string, string>> => ({
  base,
  ...Object.fromEntries(
    components.map((name) => [name, combine(t, { components: [componentFolder(name)] })]),
  ),
  "all components": combine(t, { components: components.map(componentFolder) }),
  ...Object.fromEntries(overlays.map((name) => [`overlay ${name}`, overlayFolder(name)])),
});

async function isAccepted(run: Run, name: string, folder: string): Promise<void> {
  const objects = render(folder);
  assert.ok(objects);
  // What it finds differs from what other tests have left, so it is compared with itself from the first apply on.
  const tried = await run(["apply", "--dry-run=server", "--validate=strict", "-k", folder]);
  assert.equal(tried.trimEnd().split("\n").length, objects.length);
  await run(["apply", "-k", folder]);
  await isSpeltOut(run, folder, objects);
  await appliesUnchanged(run, folder);
  // All components together stand for each of them: this takes a while.
  if (!components.includes(name)) await staysFromEitherSide(run, folder);
}

withControlPlane("components and overlays on a real API server", async (t, plane) => {
  await installThirdPartyCrds(plane);
  const run = running(plane);
  await run(["apply", "-f", `${base}/namespace.yaml`]);
  for (const [name, folder] of Object.entries(folders(t)))
    await t.test(`${name}: accepted, spelt out, and unchanged ever after`, () =>
      isAccepted(run, name, folder),
    );
});
