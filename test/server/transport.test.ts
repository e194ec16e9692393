import assert from "node:assert/strict";
import { once } from "node:events";
import { get } from "node:http";
import { get as tlsGet } from "node:https";
import { describe, test } from "node:test";
import { connect, type SecureVersion } from "node:tls";
import { mint } from "../../src/tls/mint.ts";
import { canary } from "../support/reviews.ts";
import { type TestServer, testServer } from "../support/server.ts";

/** The protocol agreed on with a client that speaks one version only. */
async function handshake(server: TestServer, version: SecureVersion): Promise<string | null> {
  const socket = connect({
    host: "localhost",
    port: server.port,
    ca: server.ca,
    minVersion: version,
    maxVersion: version,
    // OpenSSL 3 itself would not offer the old versions above security level 0.
    ciphers: "DEFAULT@SECLEVEL=0",
  });
  try {
    await once(socket, "secureConnect");
    return socket.getProtocol();
  } finally {
    socket.destroy();
  }
}

describe("TLS", () => {
  for (const version of ["TLSv1.2", "TLSv1.3"] as const)
    test(`${version} is spoken`, async (t) => {
      assert.equal(await handshake(await testServer(t), version), version);
    });

  for (const version of ["TLSv1", "TLSv1.1"] as const)
    test(`${version} is refused by the server`, async (t) => {
      // The alert comes from the other side: the client was willing.
      await assert.rejects(handshake(await testServer(t), version), {
        code: "ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION",
      });
    });

  test("a client that trusts another CA does not connect", async (t) => {
    const server = await testServer(t);
    const { ca } = await mint({ days: 1, now: new Date() });
    const request = tlsGet({ host: "localhost", port: server.port, path: "/healthz", ca, agent: false });
    await assert.rejects(once(request, "response"), { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" });
  });

  test("plain HTTP on the TLS port gets no answer and disturbs nobody", async (t) => {
    const server = await testServer(t);
    const request = get({ host: "localhost", port: server.port, path: "/healthz", agent: false });
    await assert.rejects(once(request, "response"), { code: "ECONNRESET" });
    assert.equal((await server.call("/mutate", { body: canary() })).code, 200);
  });
});
