import https from "node:https";
import { createRequire } from "node:module";
import { join } from "node:path";

// What TypeScript users would take: a Pepr module, started as its controller does after it has unpacked one. It does
// less than the webhook: two Mapping documents for each predictor and one check, without rules on other deployments.
const [, , certDir, folder] = process.argv;
const apiPath = "bench";
Object.assign(process.env, {
  SSL_CERT_PATH: join(certDir, "tls.crt"),
  SSL_KEY_PATH: join(certDir, "tls.key"),
  PEPR_API_PATH: apiPath,
});

// Pepr listens on all addresses and a port that it is told; here it is one of loopback that is free.
const { createServer } = https;
https.createServer = (...args) => {
  const server = createServer(...args);
  const listen = server.listen.bind(server);
  server.keepAliveTimeout = 90_000;
  server.listen = () => listen(0, "localhost", () => whenBound(server.address().port));
  return server;
};

/** The paths are there when Pepr has read its store. */
async function whenBound(port) {
  const isBound = await new Promise((resolve) => {
    https
      .get({ host: "localhost", port, path: "/healthz", rejectUnauthorized: false }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      })
      .on("error", () => resolve(false));
  });
  if (isBound) process.stderr.write(`ready: https://localhost:${port}/\n`);
  else setTimeout(whenBound, 100, port);
}

// After the lines above: Pepr looks for createServer when it is loaded.
const { Capability, PeprModule, RegisterKind, kind } = createRequire(`${folder}/`)("pepr");

class SeldonDeployment extends kind.GenericKind {}
RegisterKind(SeldonDeployment, {
  group: "machinelearning.seldon.io",
  version: "v1alpha2",
  kind: "SeldonDeployment",
  plural: "seldondeployments",
});

const mapping = (name, fields) =>
  [
    "---",
    '"apiVersion": "getambassador.io/v2"',
    '"kind": "Mapping"',
    `"name": ${JSON.stringify(name)}`,
    ...Object.entries(fields).map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`),
    "",
  ].join("\n");

function configurationOf({ metadata: { name, namespace = "default" }, spec }) {
  const documents = spec.predictors.flatMap((predictor) => {
    const service = `${name}-${predictor.name}.${namespace}`;
    const shares = { weight: predictor.traffic ?? 100, timeout_ms: 3000 };
    return [
      mapping(`seldon_${namespace}_${name}_${predictor.name}_rest`, {
        prefix: `/seldon/${namespace}/${name}/`,
        service: `${service}:8000`,
        ...shares,
      }),
      mapping(`seldon_${namespace}_${name}_${predictor.name}_grpc`, {
        grpc: true,
        prefix: "/(seldon.protos.*|tensorflow.serving.*|inference.*)/.*",
        prefix_regex: true,
        rewrite: "",
        headers: { namespace, seldon: name },
        service: `${service}:5001`,
        ...shares,
      }),
    ];
  });
  return documents.join("");
}

const capability = new Capability({ name: "routes", description: "routes of deployments", namespaces: [] });
capability
  .When(SeldonDeployment)
  .IsCreatedOrUpdated()
  .Mutate((request) => {
    request.SetAnnotation("seldon.io/ambassador-config", configurationOf(request.Raw));
  })
  .Validate((request) => {
    const live = request.Raw.spec.predictors.filter((predictor) => !predictor.shadow);
    const total = live.reduce((sum, { traffic = 0 }) => sum + traffic, 0);
    return live.length < 2 || total === 100
      ? request.Approve()
      : request.Deny(`spec.predictors: traffic totals ${total}, must total 100`, 400);
  });

const pepr = {
  uuid: "bench",
  onError: "reject",
  webhookTimeout: 10,
  alwaysIgnore: { namespaces: [] },
};
new PeprModule({ description: "", pepr }, [capability], { deferStart: true }).start();
