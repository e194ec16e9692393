import assert from "node:assert/strict";
import { test } from "node:test";
import { type Account, accountLine, emptyAccount, entered, isSettled } from "../../../src/adopt/account.ts";
import type { Result } from "../../../src/adopt/adopt-one.ts";

const results: readonly Result[] = [
  { outcome: "adopted" },
  { outcome: "right" },
  { outcome: "rejected", reports: [] },
  { outcome: "conflict" },
  { outcome: "failed", reason: "HTTP 500" },
  { outcome: "restarts" },
  { outcome: "gone" },
];

test("every end but that of what is gone is counted", () => {
  const account = results.reduce<Account>(entered, { ...emptyAccount, left: 2 });
  assert.equal(
    accountLine(account, false),
    "8 deployments: 1 adopted, 1 already right, 1 rejected by rules, 1 conflict, 1 failed, 1 left alone, as its pods would restart, 2 not reached",
  );
});

test("a dry run counts what would be done", () => {
  const account = { ...emptyAccount, adopted: 1 };
  assert.equal(accountLine(account, true), "1 deployment: 1 to adopt, 0 already right, 0 rejected by rules");
});

test("all is settled when everything was adopted or right", () => {
  const settled = results.filter((result) => isSettled(entered(emptyAccount, result)));
  assert.deepEqual(
    settled.map(({ outcome }) => outcome),
    ["adopted", "right", "gone"],
  );
});
