import { formatValue } from "../diagnostics/message.ts";
import { type Fate, fateOf, isBefore2, readsHostGlobs } from "../mapping/ambassador-version.ts";
import { everyHost } from "../mapping/host.ts";
import { compareVersions } from "../seldon/era.ts";
import type { Config } from "./config.ts";
import type { Problem } from "./problems.ts";
import { allSettings, type Carrier, type EngineSettings, type OperatorMode } from "./settings.ts";

/** What a carrier needs of the operator for its text to reach Ambassador. */
interface Need {
  readonly since?: string;
  readonly modes: readonly OperatorMode[];
  readonly whySince?: string;
  readonly whyMode: string;
}

const onlyInV1 = "in the other modes the operator does not read seldon.io/ambassador-config";

/** Before this release, values of predictor annotations became keys of pod annotations (seldon-core issue 1664). */
const predictorAnnotations = "1.16";
const asPodKeys = "earlier operators make pod annotations of the text, which the API server rejects";

const needs: Partial<Record<Carrier, Need>> = {
  metadata: {
    since: "1.9",
    whySince: "earlier operators read spec.annotations only",
    modes: ["v1"],
    whyMode: onlyInV1,
  },
  spec: { modes: ["v1"], whyMode: onlyInV1 },
  predictor: {
    since: predictorAnnotations,
    whySince: asPodKeys,
    modes: ["v1", "disabled"],
    whyMode: "in v2 mode the operator's own Mappings stand beside the text, and both weigh in",
  },
};

const wrong = (path: string, value: unknown, demand: string): Problem => ({
  path,
  text: `Invalid value: ${formatValue(value)}: ${demand}`,
});

const quoted = (values: readonly string[]): string => values.map((value) => `"${value}"`).join(" or ");

/** What the operator would have to be for the text to reach Ambassador. */
export function* carrierConflicts({
  carrier,
  seldon,
  suppressDuplicates,
}: EngineSettings): Iterable<Problem> {
  const { since, modes, whySince, whyMode } = needs[carrier] ?? {};
  const { operatorVersion, ambassador } = seldon;
  if (since !== undefined && compareVersions(operatorVersion, since) < 0) {
    const demand = `must be ${since} or later for the carrier "${carrier}": ${whySince}`;
    yield wrong("seldon.operatorVersion", operatorVersion, demand);
  }
  if (modes?.includes(ambassador) === false) {
    const demand = `must be ${quoted(modes)} for the carrier "${carrier}": ${whyMode}`;
    yield wrong("seldon.ambassador", ambassador, demand);
  }
  if (suppressDuplicates && carrier !== "metadata" && carrier !== "spec")
    yield wrong("suppressDuplicates", true, 'goes with the carriers "metadata" and "spec" only');
  else if (suppressDuplicates && compareVersions(operatorVersion, predictorAnnotations) < 0)
    yield wrong(
      "suppressDuplicates",
      true,
      `goes with operator ${predictorAnnotations} and later: ${asPodKeys}`,
    );
}

const fates: Record<Exclude<Fate, "works">, string> = {
  "needs-host": "makes no route of it",
  dropped: "drops it",
  panics: "panics on it",
};

function* apiVersionConflicts({ carrier, ambassador }: EngineSettings): Iterable<Problem> {
  const { apiVersion, version, hostname } = ambassador;
  if (version === undefined || carrier === "none") return;
  const fate = fateOf(apiVersion, version);
  if (fate !== "works" && !(fate === "needs-host" && hostname !== everyHost))
    yield wrong("ambassador.apiVersion", apiVersion, `Ambassador ${version} ${fates[fate]}`);
}

function* hostnameConflicts({ carrier, ambassador }: EngineSettings): Iterable<Problem> {
  const { hostname } = ambassador;
  if (hostname === everyHost || carrier === "none") return;
  const mistake = hostMistake(ambassador, hostname.includes("*"));
  if (mistake !== undefined) yield wrong("ambassador.hostname", hostname, mistake);
}

/** What Ambassador makes of a host in documents of an apiVersion, where that is not what it says. */
function hostMistake(
  { apiVersion, version }: EngineSettings["ambassador"],
  isGlob: boolean,
): string | undefined {
  if (apiVersion === "getambassador.io/v3alpha1")
    return version !== undefined && isBefore2(version)
      ? `Ambassador ${version} does not read the hostname of ${apiVersion}: use getambassador.io/v2`
      : undefined;
  if (!isGlob || (apiVersion === "getambassador.io/v2" && version !== undefined && readsHostGlobs(version)))
    return undefined;
  return "takes getambassador.io/v3alpha1, or getambassador.io/v2 and ambassador.version 2.1.2 or later: elsewhere an asterisk stands for itself";
}

/** The setting by which a text that changes restarts pods, in words; undefined where none does. */
export function restartingSetting({ carrier, suppressDuplicates }: EngineSettings): string | undefined {
  if (carrier === "spec" || carrier === "predictor") return `carrier ${carrier}`;
  return suppressDuplicates && carrier !== "none" ? "suppressDuplicates" : undefined;
}

function* reconcileConflicts({ engine, reconcile, reconcileRestartPods }: Config): Iterable<Problem> {
  if (!reconcile) return;
  if (allSettings(engine).every(({ carrier }) => carrier === "none"))
    yield wrong("reconcile", true, 'there is nothing to rewrite with the carrier "none"');
  const setting = restartingSetting(engine);
  if (setting !== undefined && !reconcileRestartPods) {
    const demand = `with ${setting} each rewritten deployment restarts its pods: allow it by reconcileRestartPods`;
    yield wrong("reconcile", true, demand);
  }
}

/** What only the settings of an operator together show. */
export function* engineConflicts(engine: EngineSettings): Iterable<Problem> {
  yield* carrierConflicts(engine);
  yield* apiVersionConflicts(engine);
  yield* hostnameConflicts(engine);
}

/** What only the settings together show; those of single operators are judged by `engineConflicts`. */
export function* conflicts(config: Config): Iterable<Problem> {
  const { engine, server, tls, audit } = config;
  yield* reconcileConflicts(config);
  yield* engineConflicts(engine);
  if (server.port !== 0 && server.port === server.metricsPort)
    yield wrong("server.metricsPort", server.metricsPort, "must differ from server.port");
  if (server.clientAllowedNames.length > 0 && server.clientCaFile === undefined)
    yield wrong("server.clientAllowedNames", server.clientAllowedNames, "needs server.clientCaFile");
  if (tls.caSeconds <= tls.leafSeconds)
    yield wrong("tls.caSeconds", tls.caSeconds, `must be more than tls.leafSeconds, ${tls.leafSeconds}`);
  if (tls.source === "files" && server.certDir === undefined)
    yield wrong("tls.source", tls.source, "needs the folder, server.certDir");
  if (audit.events && audit.intervalSeconds === 0)
    yield wrong("audit.events", true, "needs audits: audit.intervalSeconds is 0");
}
