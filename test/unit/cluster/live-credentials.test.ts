import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import type { RequestOptions } from "node:https";
import { join } from "node:path";
import { test } from "node:test";
import { podCredentials } from "../../../src/cluster/live-credentials.ts";
import { testFolder } from "../../support/program.ts";

test("the address is the one that the kubelet tells every pod", () => {
  const serverAt = (host: string, port?: string): string =>
    podCredentials({ KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port }).server;
  assert.equal(serverAt("10.0.0.1", "6443"), "https://10.0.0.1:6443");
  assert.equal(serverAt("fd00::1", "443"), "https://[fd00::1]:443");
  assert.equal(serverAt("kubernetes.default.svc"), "https://kubernetes.default.svc:443");
});

test("token and CA are those of the moment", async (t) => {
  const folder = testFolder(t);
  const credentials = podCredentials({}, folder);
  await assert.rejects(credentials.applyTo({}), { code: "ENOENT" });
  for (const token of ["first", "second"]) {
    writeFileSync(join(folder, "token"), `${token}\n`);
    writeFileSync(join(folder, "ca.crt"), `CA of the ${token}`);
    const options: RequestOptions = { headers: { Accept: "application/json" } };
    await credentials.applyTo(options);
    assert.deepEqual(options.headers, { Accept: "application/json", Authorization: `Bearer ${token}` });
    assert.equal(String(options.ca), `CA of the ${token}`);
    assert.equal(options.agent, false);
  }
});
