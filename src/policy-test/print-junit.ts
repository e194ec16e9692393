import { formatFieldPath } from "../diagnostics/field-path.ts";
import { causeMessage } from "../diagnostics/message.ts";
import { differenceText } from "./print-text.ts";
import {
  type FileResult,
  isPassed,
  type RunResult,
  statementWords,
  type TimedResult,
  type Untested,
  type Unusable,
} from "./result.ts";
import { type Element, xmlOf } from "./xml.ts";

const time = (seconds: number): string => seconds.toFixed(3);

const findings = ({ reports }: TimedResult): readonly string[] =>
  reports.map(
    (report) => `found ${report.severity}: ${formatFieldPath(report.finding.path)}: ${causeMessage(report)}`,
  );

function caseOf(file: FileResult, result: TimedResult): Element {
  const texts = result.differences.map(differenceText);
  const failure: Element = {
    name: "failure",
    attributes: { type: "difference", message: texts[0] ?? "" },
    content: [`${file.file}:${result.case.place.line}`, ...texts, ...findings(result)].join("\n"),
  };
  return {
    name: "testcase",
    attributes: {
      classname: file.file,
      name: result.case.name,
      time: time(result.seconds),
      file: file.file,
      line: result.case.place.line,
    },
    content: isPassed(result) ? [] : [failure],
  };
}

interface Suite {
  readonly name: string;
  readonly cases: readonly Element[];
  readonly failures?: number;
  readonly errors?: number;
  readonly seconds?: number;
}

const suiteOf = ({ name, cases, failures = 0, errors = 0, seconds = 0 }: Suite): Element => ({
  name: "testsuite",
  attributes: { name, tests: cases.length, failures, errors, skipped: 0, time: time(seconds) },
  content: cases,
});

const ofFile = (file: FileResult): Suite => ({
  name: file.file,
  cases: file.results.map((result) => caseOf(file, result)),
  failures: file.results.filter((result) => !isPassed(result)).length,
  seconds: file.seconds,
});

const ofUnusable = ({ file, problems }: Unusable): Suite => ({
  name: file,
  cases: [
    {
      name: "testcase",
      attributes: { classname: file, name: "can be used", time: time(0), file },
      content: [
        {
          name: "error",
          attributes: { type: "unusable", message: problems[0] ?? "" },
          content: problems.join("\n"),
        },
      ],
    },
  ],
  errors: 1,
});

function ofUntested({ file, hasTest, statements }: Untested): Suite {
  const missing = (name: string, line: number): Element => ({
    name: "testcase",
    attributes: { classname: file, name, time: time(0), file, line },
    content: [{ name: "failure", attributes: { type: "untested", message: `${file}:${line}: ${name}` } }],
  });
  const cases = hasTest
    ? statements.map((each) => missing(`a case meets the ${statementWords(each)}`, each.line))
    : [missing("a test names this policy", 1)];
  return { name: `${file} (tested)`, cases, failures: cases.length };
}

/** The run in the form that CI servers read: https://github.com/testmoapp/junitxml */
export function junitOf({ files, unusable, untested }: RunResult): string {
  const missing = untested.filter(({ hasTest, statements }) => !hasTest || statements.length > 0);
  const suites = [...files.map(ofFile), ...unusable.map(ofUnusable), ...missing.map(ofUntested)];
  const total = (count: (suite: Suite) => number): number =>
    suites.reduce((sum, each) => sum + count(each), 0);
  return xmlOf({
    name: "testsuites",
    attributes: {
      name: "seldon-ambassador-webhook policy test",
      tests: total(({ cases }) => cases.length),
      failures: total(({ failures = 0 }) => failures),
      errors: total(({ errors = 0 }) => errors),
      time: time(total(({ seconds = 0 }) => seconds)),
    },
    content: suites.map(suiteOf),
  });
}
