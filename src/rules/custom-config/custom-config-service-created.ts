import { type Finding, invalid, notFound } from "../../diagnostics/finding.ts";
import { nearest } from "../../diagnostics/nearest.ts";
import { parseService, type ServiceAddress } from "../../mapping/service-address.ts";
import { eraFor } from "../../mapping/subject.ts";
import { createdServices, servicePorts } from "../../seldon/services.ts";
import { customMappings, type NamedDocument } from "../custom-documents.ts";
import type { ObjectRule, RuleInput } from "../rule.ts";

/** The name of a Service of this namespace, if that is what the host names. */
function ownService({ host }: ServiceAddress, namespace: string): string | undefined {
  const [name, second = namespace, third = "svc"] = host.split(".");
  return second === namespace && third === "svc" ? name : undefined;
}

/** The created Service that an unknown name was meant to be, if it looks like one of this deployment's. */
function meant(name: string, input: RuleInput): string | undefined {
  const { deployment, services, cluster } = input;
  const near = nearest(
    name,
    services.map((service) => service.name),
  );
  if (near === undefined && !name.startsWith(`${deployment.name}-`)) return undefined;
  for (const other of cluster.inNamespace(deployment.namespace))
    if (
      other.name !== deployment.name &&
      createdServices(other, eraFor(other, input)).some((service) => service.name === name)
    )
      return undefined;
  return near ?? services[0]?.name;
}

function* judge({ fields, label, path }: NamedDocument, input: RuleInput): Iterable<Finding> {
  const { namespace } = input.deployment;
  const address = typeof fields.service === "string" ? parseService(fields.service) : undefined;
  if (address === undefined || "problem" in address) return;
  const name = ownService(address, namespace);
  if (name === undefined) return;
  const created = input.services.find((service) => service.name === name);
  if (created === undefined) {
    const suggestion = meant(name, input);
    if (suggestion !== undefined)
      yield notFound(path, fields.service, `${label}: no Service ${name}; meant ${suggestion}?`);
    return;
  }
  const { httpPort: http, grpcPort: grpc } = input.settings.seldon;
  const ports = servicePorts(created, input.deployment, { http, grpc });
  if (ports?.includes(address.port) === false)
    yield invalid(
      path,
      fields.service,
      `${label}: ${name} has port ${ports.join(" and ")}, not ${address.port}`,
    );
}

const rule: ObjectRule = {
  id: "custom-config-service-created",
  topic: "custom-config",
  severity: "warning",
  reads: ["SeldonDeployment"],
  docs: {
    what: "A service of a custom Mapping that looks like one of this deployment is one that the operator creates.",
    why: "Requests for a Service or a port that does not exist fail with 503 (seldon-core issue 4034).",
    fix: "Name a Service and a port that the deployment will have.",
  },
  *check(input) {
    if (input.deployment.name === undefined) return;
    for (const document of customMappings(input)) yield* judge(document, input);
  },
};

export default rule;
