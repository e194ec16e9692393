import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import forge from "node-forge";
import { mint, type Pair } from "../../../src/tls/mint.ts";

const now = new Date();
let pair: Pair;
let leaf: X509Certificate;
let authority: X509Certificate;
before(async () => {
  pair = await mint({ hosts: ["Webhook.Seldon-System.svc", "10.1.2.3", "0:0::1"], days: 30, now });
  leaf = new X509Certificate(pair.cert);
  authority = new X509Certificate(pair.ca);
});

/** An extension as forge reads it back. */
// biome-ignore lint/suspicious/noExplicitAny: forge leaves extensions untyped
const extension = (pem: string, name: string): any => forge.pki.certificateFromPem(pem).getExtension(name);

describe("the serving certificate", () => {
  test("is signed by the CA, with SHA-256", () => {
    assert.ok(leaf.checkIssued(authority));
    assert.ok(leaf.verify(authority.publicKey));
    assert.equal(
      forge.pki.certificateFromPem(pair.cert).siginfo.algorithmOid,
      forge.pki.oids.sha256WithRSAEncryption,
    );
  });

  test("belongs to the key", () => {
    assert.ok(leaf.checkPrivateKey(createPrivateKey(pair.key)));
  });

  test("names localhost, its addresses and the names asked for, each once", () => {
    assert.equal(
      leaf.subjectAltName,
      "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:webhook.seldon-system.svc, IP Address:10.1.2.3",
    );
  });

  test("is for servers and signs no other", () => {
    assert.equal(leaf.ca, false);
    const { serverAuth, clientAuth } = extension(pair.cert, "extKeyUsage");
    assert.deepEqual([serverAuth, clientAuth], [true, undefined]);
    const { digitalSignature, keyEncipherment, keyCertSign, critical } = extension(pair.cert, "keyUsage");
    assert.deepEqual([digitalSignature, keyEncipherment, keyCertSign, critical], [true, true, false, true]);
  });

  test("holds from a little before now, for the days asked for, and not longer than the CA", () => {
    const from = Date.parse(leaf.validFrom);
    const to = Date.parse(leaf.validTo);
    assert.ok(from < now.getTime() && from > now.getTime() - 2 * 3_600_000);
    assert.equal(Math.round((to - now.getTime()) / 86_400_000), 30);
    assert.ok(to <= Date.parse(authority.validTo));
  });
});

test("the CA may sign, and nothing but leaves", () => {
  assert.equal(authority.ca, true);
  const { cA, critical, pathLenConstraint } = extension(pair.ca, "basicConstraints");
  assert.deepEqual([cA, critical, pathLenConstraint], [true, true, 0]);
  const { keyCertSign, digitalSignature } = extension(pair.ca, "keyUsage");
  assert.deepEqual([keyCertSign, digitalSignature], [true, false]);
});

test("the leaf's authority key identifier is the CA's subject key identifier", () => {
  const identifier = forge.util.hexToBytes(extension(pair.ca, "subjectKeyIdentifier").subjectKeyIdentifier);
  assert.ok(extension(pair.cert, "authorityKeyIdentifier").value.includes(identifier));
  assert.notEqual(
    extension(pair.cert, "subjectKeyIdentifier").subjectKeyIdentifier,
    extension(pair.ca, "subjectKeyIdentifier").subjectKeyIdentifier,
  );
});

test("serial numbers are positive, of 16 bytes and never the same", () => {
  for (const { serialNumber } of [leaf, authority]) assert.match(serialNumber, /^[4-7][0-9A-F]{31}$/);
  assert.notEqual(leaf.serialNumber, authority.serialNumber);
});

test("the key of the CA is not among what is handed out", () => {
  assert.deepEqual(Object.keys(pair).toSorted(), ["ca", "cert", "key"]);
  assert.ok(!authority.checkPrivateKey(createPrivateKey(pair.key)));
});

// Another implementation than the one that the server runs on, where it is installed.
const openssl = spawnSync("openssl", ["version"]);

test("an independent verifier accepts the chain for a server", () => {
  const folder = mkdtempSync(join(tmpdir(), "mint-"));
  try {
    writeFileSync(join(folder, "ca.crt"), pair.ca);
    writeFileSync(join(folder, "tls.crt"), pair.cert);
    if (openssl.status === 0) {
      const strict = ["verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", "localhost"];
      const { status, stderr } = spawnSync("openssl", [...strict, "-CAfile", "ca.crt", "tls.crt"], {
        cwd: folder,
      });
      assert.equal(status, 0, String(stderr));
    } else {
      const store = forge.pki.createCaStore([pair.ca]);
      assert.ok(forge.pki.verifyCertificateChain(store, [forge.pki.certificateFromPem(pair.cert)]));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
