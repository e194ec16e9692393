import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { eventName, eventOf } from "../../../src/audit/event.ts";
import { Pool } from "../../../src/cluster/intern.ts";
import { type ProjectedDeployment, project } from "../../../src/cluster/projection.ts";
import { invalid, type Report } from "../../../src/diagnostics/finding.ts";
import { at } from "../../support/live.ts";

function deploymentAt(name = "iris", uid = "uid-1"): ProjectedDeployment {
  const raw = at("7", name);
  raw.metadata.uid = uid;
  const projected = project(raw, new Pool());
  assert.ok(projected);
  return projected;
}

const report = (rule: string, message = "is wrong", severity: Report["severity"] = "error"): Report => ({
  rule,
  severity,
  finding: invalid(["spec", "predictors", 0, "traffic"], 40, message),
  fix: "Mend it.",
});

const reporter = { instance: "webhook-7c9", now: new Date("2026-01-02T03:04:05.678Z") };

describe("an event", () => {
  test("is what events.k8s.io/v1 wants, about this very object", () => {
    const event = eventOf(deploymentAt(), [report("b", "is odd", "warning"), report("a")], reporter);
    assert.deepEqual(event, {
      apiVersion: "events.k8s.io/v1",
      kind: "Event",
      metadata: { namespace: "models", name: event.metadata.name },
      eventTime: "2026-01-02T03:04:05.678000Z",
      type: "Warning",
      reason: "AuditErrors",
      action: "Audit",
      note: "error: spec.predictors[0].traffic: is wrong [a]; warning: spec.predictors[0].traffic: is odd [b]",
      reportingController: "seldon-ambassador-webhook",
      reportingInstance: "webhook-7c9",
      regarding: {
        apiVersion: "machinelearning.seldon.io/v1",
        kind: "SeldonDeployment",
        namespace: "models",
        name: "iris",
        uid: "uid-1",
        resourceVersion: "7",
      },
    });
    assert.match(event.metadata.name, /^iris\.[0-9a-f]{16}$/);
  });

  test("of warnings alone says so", () => {
    assert.equal(eventOf(deploymentAt(), [report("a", "", "warning")], reporter).reason, "AuditWarnings");
  });

  test("has a name that follows from object and findings, in whatever order", () => {
    const name = eventName(deploymentAt(), [report("a"), report("b")]);
    assert.equal(eventName(deploymentAt(), [report("b"), report("a")]), name);
    const others = [
      eventName(deploymentAt("iris", "uid-2"), [report("a"), report("b")]),
      eventName(deploymentAt(), [report("a")]),
      eventName(deploymentAt(), [report("a"), report("b", "is more wrong")]),
      eventName(deploymentAt(), [report("a"), report("b", "is wrong", "warning")]),
    ];
    assert.equal(new Set([name, ...others]).size, 5);
  });

  test("keeps to the bounds of names and notes, whatever the object's", () => {
    const long = deploymentAt(`${"a".repeat(235)}.-b${"c".repeat(15)}`);
    assert.match(eventName(long, [report("a")]), /^a{235}\.[0-9a-f]{16}$/);
    const many = Array.from({ length: 40 }, (_, index) => report(`rule-${index}`, "ü".repeat(300)));
    const { note } = eventOf(long, many, reporter);
    assert.ok(Buffer.byteLength(note) <= 1024);
    assert.match(note, /^error: .* \[rule-0\]; .*; 3\d more$/);
    assert.equal(
      eventOf(long, many, { ...reporter, instance: "h".repeat(200) }).reportingInstance.length,
      128,
    );
  });

  test("has a note of one line", () => {
    const { note } = eventOf(deploymentAt(), [report("a", "of\nlines\u2028\u001b[31m")], reporter);
    assert.match(note, /^[^\p{Cc}\p{Zl}\p{Zp}]+$/u);
  });
});
