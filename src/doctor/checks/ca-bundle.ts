import type { X509Certificate } from "node:crypto";
import {
  certificatesIn,
  invalidity,
  isEnding,
  isSignedWithSha1,
  nameOf,
  remaining,
} from "../certificates.ts";
import type { Check } from "../check.ts";
import type { Hook } from "../hooks.ts";
import { ok, problem, skipped, type Verdict, warning } from "../verdict.ts";

const inject =
  "Write the CA that signed the served certificate into clientConfig.caBundle: self-managed certificates and cert-manager's cainjector do so by themselves; else see manifests/README.md.";

const check: Check = {
  id: "ca-bundle",
  what: "Every webhook configuration holds a CA that is valid",
  judge({ installations, now }) {
    const hooks = installations.flatMap((installation) => installation.hooks);
    if (hooks.length === 0) return [skipped("there is no webhook of ours")];
    const bundles = new Set(hooks.map(({ clientConfig }) => clientConfig.caBundle));
    return [...bundles].flatMap((bundle) =>
      judgeBundle(
        hooks.filter(({ clientConfig }) => clientConfig.caBundle === bundle),
        now,
      ),
    );
  },
};

/** The certificates of its caBundle; undefined when it cannot be read. */
export function bundleOf({ clientConfig }: Hook): readonly X509Certificate[] | undefined {
  try {
    return certificatesIn(Buffer.from(clientConfig.caBundle ?? "", "base64").toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Judges what these webhooks have in common. */
function judgeBundle(hooks: readonly Hook[], now: Date): readonly Verdict[] {
  const [hook] = hooks as readonly [Hook];
  const object = hooks.map(({ configuration, name }) => `${configuration} ${name}`).join(", ");
  if (!hook.clientConfig.caBundle) return [missing(hook, object)];
  const bundle = bundleOf(hook);
  if (bundle === undefined || bundle.length === 0)
    return [problem("caBundle holds no certificate that can be read", inject, object)];
  const valid = bundle.filter((each) => invalidity(each, now) === undefined);
  const found = [...faults(bundle, valid, now, object)];
  if (found.length > 0) return found;
  return [ok(valid.map((each) => `${nameOf(each)}, ${remaining(each, now)} left`).join("; "), object)];
}

const missing = ({ clientConfig }: Hook, object: string): Verdict =>
  clientConfig.service
    ? problem(
        "caBundle is empty: the API server trusts no certificate that the webhook could serve",
        inject,
        object,
      )
    : warning(
        "caBundle is empty: only a certificate of a CA that the API server's machine trusts will do",
        inject,
        object,
      );

function* faults(
  bundle: readonly X509Certificate[],
  valid: readonly X509Certificate[],
  now: Date,
  object: string,
): Iterable<Verdict> {
  const outdated = bundle.filter((each) => !valid.includes(each));
  const list = outdated.map((each) => `${nameOf(each)} ${invalidity(each, now)}`).join("; ");
  if (valid.length === 0) yield problem(`no CA is valid: ${list}`, inject, object);
  else if (outdated.length > 0)
    yield warning(`holds what is of no use: ${list}`, "Take it out of caBundle.", object);
  if (valid.length > 0 && valid.every((each) => isEnding(each, now)))
    yield warning(
      `the last CA ends soon: ${valid.map((each) => `${nameOf(each)} in ${remaining(each, now)}`).join("; ")}`,
      "Renew it before that, and keep the old one in caBundle until no certificate of it is served any more.",
      object,
    );
  if (bundle.some(({ ca }) => !ca) && bundle.every(({ ca }) => !ca))
    yield warning(
      "holds no CA: only the very certificates that are in it are trusted, and none that replaces them",
      inject,
      object,
    );
  // A root's own signature is looked at by nobody; an intermediate's is.
  const weak = bundle.find((each) => each.issuer !== each.subject && isSignedWithSha1(each));
  if (weak !== undefined)
    yield warning(`${nameOf(weak)} is signed with SHA-1`, "Issue it with SHA-256.", object);
}

export default check;
