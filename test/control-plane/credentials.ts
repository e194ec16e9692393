import { generateKeyPairSync, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { mint } from "../../src/tls/mint.ts";

/** What a control plane and its administrator prove themselves with. */
export interface Credentials {
  /** PEM of the CA that signed the API server's certificate. */
  readonly ca: string;
  readonly token: string;
  /** Arguments that make the API server use them. */
  readonly args: readonly string[];
}

const issuer = "https://kubernetes.default.svc.cluster.local";

/** Makes them and writes the API server's share into its folder. */
export async function makeCredentials(folder: string): Promise<Credentials> {
  const write = (name: string, text: string): string => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  };
  const { ca, cert, key } = await mint({ days: 1, now: new Date() });
  const accounts = generateKeyPairSync("ec", {
    namedCurve: "prime256v1",
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const token = randomBytes(24).toString("hex");
  // system:masters needs no role to do everything, so RBAC can be on from the start.
  const tokens = write("tokens.csv", `${token},admin,admin,system:masters\n`);
  return {
    ca,
    token,
    args: [
      `--tls-cert-file=${write("tls.crt", cert)}`,
      `--tls-private-key-file=${write("tls.key", key)}`,
      `--token-auth-file=${tokens}`,
      `--service-account-issuer=${issuer}`,
      `--service-account-signing-key-file=${write("accounts.key", accounts.privateKey)}`,
      `--service-account-key-file=${write("accounts.pub", accounts.publicKey)}`,
    ],
  };
}

/** A kubeconfig for the administrator; JSON is YAML. */
export const kubeconfigText = (server: string, { ca, token }: Pick<Credentials, "ca" | "token">): string =>
  JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: "test",
          cluster: { server, "certificate-authority-data": Buffer.from(ca).toString("base64") },
        },
      ],
      users: [{ name: "admin", user: { token } }],
      contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
      "current-context": "test",
    },
    undefined,
    2,
  );
