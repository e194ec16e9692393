import assert from "node:assert/strict";
import { test } from "node:test";
import { noTasks, rightLine, serveRights } from "../../../src/doctor/rights.ts";

test("who is given a certificate needs to read deployments", () => {
  const rights = serveRights(noTasks);
  assert.deepEqual(rights.map(rightLine), [
    "get seldondeployments",
    "list seldondeployments",
    "watch seldondeployments",
  ]);
});

test("who keeps its own also needs its Secret and its configurations, and no others", () => {
  const rights = serveRights({
    ...noTasks,
    ownCertificates: { namespace: "n", secret: "ca", configuration: "w" },
  }).slice(3);
  assert.deepEqual(rights.map(rightLine), [
    "list secrets ca",
    "watch secrets ca",
    "update secrets ca",
    "create secrets",
    "list mutatingwebhookconfigurations w",
    "watch mutatingwebhookconfigurations w",
    "patch mutatingwebhookconfigurations w",
    "list validatingwebhookconfigurations w",
    "watch validatingwebhookconfigurations w",
    "patch validatingwebhookconfigurations w",
  ]);
  assert.ok(rights.every(({ resource, namespace }) => resource !== "secrets" || namespace === "n"));
});

test("who writes Events needs to create them", () => {
  const rights = serveRights({ ...noTasks, writesEvents: true });
  assert.equal(rights.map(rightLine).at(-1), "create events");
});

test("who has a policy that reads labels needs to read namespaces", () => {
  const rights = serveRights({ ...noTasks, readsNamespaces: true }).slice(3);
  assert.deepEqual(rights.map(rightLine), ["get namespaces", "list namespaces", "watch namespaces"]);
});
