import type { X509Certificate } from "node:crypto";
import {
  certificatesIn,
  invalidity,
  isEnding,
  isSignedWithSha1,
  misnaming,
  nameOf,
  pathTo,
  remaining,
} from "../certificates.ts";
import type { Check } from "../check.ts";
import type { Installation, Served } from "../facts.ts";
import { type Fetched, unreadVerdict } from "../fetched.ts";
import { describeAddress, type Hook, serverNameOf } from "../hooks.ts";
import { ok, problem, skipped, type Verdict, warning } from "../verdict.ts";
import { bundleOf } from "./ca-bundle.ts";

const check: Check = {
  id: "served-certificate",
  what: "The certificate that is served is one that the API server accepts",
  judge({ installations, now }) {
    if (installations.length === 0) return [skipped("there is no webhook of ours")];
    return installations.flatMap((installation) =>
      installation.served.flatMap((served) => judgeFetched(installation, served, now)),
    );
  },
};

function judgeFetched(installation: Installation, served: Fetched<Served>, now: Date): readonly Verdict[] {
  const object = describeAddress(installation.address);
  if (served.state === "unread") return [unreadVerdict(served, object)];
  if (served.state === "absent") return [skipped("no ready pod could be asked", object)];
  return judgeServed(installation, served.value, now);
}

function judgeServed(installation: Installation, { chain, way }: Served, now: Date): readonly Verdict[] {
  const object = describeAddress(installation.address);
  const certificates = chain.flatMap(certificatesIn);
  const [leaf] = certificates;
  if (leaf === undefined) return [problem("no certificate was sent", "Look at the webhook's log.", object)];
  const found = [
    ...faultsOf(leaf, serverNameOf(installation.address), now).map(([message, fix]) =>
      problem(`${nameOf(leaf)} ${message}, seen ${way}`, fix, object),
    ),
    ...installation.hooks.flatMap((hook) => distrust(hook, certificates, now)),
  ];
  if (found.length > 0) return found;
  if (isEnding(leaf, now))
    return [
      warning(
        `${nameOf(leaf)} ends in ${remaining(leaf, now)}, and should have been renewed by now`,
        "See why it is not: the webhook's log, or cert-manager's Certificate.",
        object,
      ),
    ];
  const left = `${remaining(leaf, now)} left`;
  return [ok(`${nameOf(leaf)}, trusted by caBundle, ${left}, seen ${way}`, object)];
}

function faultsOf(leaf: X509Certificate, host: string, now: Date): readonly (readonly [string, string])[] {
  const outdated = invalidity(leaf, now);
  const wrongName = misnaming(leaf, host);
  return [
    ...(outdated === undefined
      ? []
      : [
          [
            outdated,
            "Renew it: API servers refuse it (x509: certificate has expired or is not yet valid).",
          ] as const,
        ]),
    ...(wrongName === undefined ? [] : [[wrongName, `Issue one with the DNS name ${host}.`] as const]),
    ...(isSignedWithSha1(leaf) ? [["is signed with SHA-1", "Issue it with SHA-256."] as const] : []),
  ];
}

/** Why the API server, which knows nothing but this caBundle, does not trust what was sent. */
function distrust(hook: Hook, chain: readonly X509Certificate[], now: Date): readonly Verdict[] {
  const bundle = bundleOf(hook);
  // What the bundle itself lacks is said by the check of the bundle.
  if (bundle === undefined || bundle.length === 0) return [];
  const object = `${hook.configuration} ${hook.name}`;
  const path = pathTo(bundle, chain, now);
  const names = bundle.map(nameOf).join(", ");
  if (path === undefined)
    return [
      problem(
        `caBundle (${names}) did not sign the served ${chain[0] ? nameOf(chain[0]) : "certificate"}`,
        "Write the CA of the served certificate into caBundle (x509: certificate signed by unknown authority).",
        object,
      ),
    ];
  return path.slice(1).flatMap((each) => {
    const outdated = invalidity(each, now);
    return outdated === undefined
      ? []
      : [
          problem(
            `${nameOf(each)}, which signed the served certificate, ${outdated}`,
            "Renew the CA.",
            object,
          ),
        ];
  });
}

export default check;
