import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { problemLine, readPolicy } from "../../../src/policy-file/read.ts";
import { policyOf, policyText } from "../../support/policies.ts";

/** What is said about the lines of one check, which begin at line 5. */
const about = (lines: string): readonly string[] => {
  const indented = lines.replace(/^(?=.)/gm, "    ").trimStart();
  const text = policyText(`checks:\n  - name: own\n    message: x\n    ${indented}\n`);
  return (readPolicy(text).problems ?? []).map((problem) => problemLine("", problem).slice(1));
};

describe("an expression's mistake is told at its place", () => {
  const unknown = "checks[0].expression: Unknown variable: objct; did you mean object?";
  for (const [style, lines, place] of [
    ["plain", "expression: true && objct.x == 1", "6:25"],
    ["plain, on two lines", "expression: true &&\n  objct.x == 1", "7:7"],
    ["single quotes", "expression: 'object.a[''x''] == 1 && objct.x == 1'", "6:42"],
    ["double quotes", 'expression: "object.a[\\"x\\u0041\\"] == 1 && objct.x == 1"', "6:48"],
    ["double quotes, folded", 'expression: "true\\\n  \\ && objct.x == 1"', "7:12"],
    ["a block", "expression: |\n  true &&\n    // why\n    objct.x == 1", "9:9"],
    ["a block with signs", "expression: |2-  # a comment\n  true &&\n  objct.x == 1", "8:7"],
    ["a folded block", "expression: >-\n  true\n  &&\n\n  objct.x == 1", "10:7"],
  ] as const)
    test(style, () => assert.deepEqual(about(lines), [`${place}: ${unknown}`]));

  test("at its end", () => {
    assert.deepEqual(about("expression: |\n  true &&\n"), [
      "7:14: checks[0].expression: Unexpected token: EOF",
    ]);
  });

  test("in `when` and messageExpression, all at once, in the order of the file", () => {
    assert.deepEqual(about('expression: "1"\nwhen: objct\nmessageExpression: 1 + 1'), [
      "6:18: checks[0].expression: gives int, not bool",
      "7:11: checks[0].when: Unknown variable: objct; did you mean object?",
      "8:24: checks[0].messageExpression: gives int, not string",
    ]);
  });
});

describe("checks that the schema refuses", () => {
  const said = (body: string): readonly string[] =>
    (readPolicy(policyText(body)).problems ?? []).map((problem) => problemLine("", problem).slice(1));
  for (const [body, problem] of [
    ["checks: []", "3:1: checks: Invalid value: […]: must be a list of 1 to 250"],
    [
      "checks: [{name: a, expression: 'true'}]",
      "3:10: checks[0]: Invalid value: {…}: must be a check with message or messageExpression",
    ],
    ["checks: [{name: a, message: x}]", "3:10: checks[0]: Required value: expression"],
    [
      "checks: [{name: A, message: x, expression: 'true'}]",
      '3:11: checks[0].name: Invalid value: "A": must be a name of small letters, digits and -',
    ],
    [
      "checks: [{name: a, message: x, expression: 'true', field: a..b}]",
      '3:52: checks[0].field: Invalid value: "a..b": must be a field, such as spec.predictors or metadata.labels[team]',
    ],
    [
      "checks: [{name: a, message: x, expression: 'true'}, {name: a, message: x, expression: 'true'}]",
      '3:54: checks[1].name: Duplicate value: "a"',
    ],
    [
      "checks: [{name: own, message: x, expression: 'true'}]\nrules: [{severity: {checks/owm: off}}]",
      "4:21: rules[0].severity[checks/owm]: unknown rule; did you mean checks/own?",
    ],
    [
      "checks: [{name: own, message: x, expression: 'true'}]\nrules: [{locked: [checks/own]}, {namespaces: [a], severity: {checks/own: warning}}]",
      "4:62: rules[1].severity[checks/own]: the rule is locked: no namespace may have it below error",
    ],
  ] as const)
    test(body.slice(0, 70), () => assert.ok(said(body).includes(problem), said(body).join("\n")));

  test("an expression that is too long", () => {
    const [first] = said(`checks: [{name: a, message: x, expression: "${" ".repeat(4096)}1"}]`);
    assert.match(first ?? "", /must be a CEL expression of at most 4096 characters$/);
  });
});

test("a file of mistakes is told of the first ones", () => {
  const body = Array.from(
    { length: 250 },
    (_, i) => `  - {name: c${i}, message: x, expression: "object.matches('${"\\\\pL".repeat(160)}(?=a)')"}`,
  );
  assert.equal(readPolicy(policyText(`checks:\n${body.join("\n")}\n`)).problems?.length, 20);
});

test("a check is what its fields say", () => {
  const [check] = policyOf(
    policyText(`checks:
  - name: own
    expression: object.a == routes.size()
    when: request.dryRun
    messageExpression: namespaceObject.metadata.name
    field: metadata.labels[a.b/c].x[0]
`),
  ).checks;
  const { id, line, severity, path, reads } = check ?? assert.fail();
  assert.deepEqual(
    { id, line, severity, path, reads: [...reads].sort() },
    {
      id: "checks/own",
      line: 4,
      severity: "error",
      path: ["metadata", "labels", "a.b/c", "x", 0],
      reads: ["namespaceObject", "object", "request", "routes"],
    },
  );
});

test("whatever an expression is, its mistake is told within the file", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 40 }),
      fc.constantFrom("|\n      ", ">-\n      ", ""),
      (expression, style) => {
        const written =
          style === "" ? JSON.stringify(expression) : `${style}${expression.replace(/\s/g, " ")}`;
        const text = policyText(`checks:\n  - name: own\n    message: x\n    expression: ${written}\n`);
        for (const { line, column } of readPolicy(text).problems ?? []) {
          const written = text.split("\n")[line - 1];
          assert.ok(
            written !== undefined && column >= 1 && column <= written.length + 1,
            `${line}:${column}`,
          );
        }
      },
    ),
    { numRuns: 1000 },
  );
});
