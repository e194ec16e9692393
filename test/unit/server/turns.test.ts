import assert from "node:assert/strict";
import { test } from "node:test";
import { stageEnd, turns } from "../../../src/server/turns.ts";

const large = 64 * 1024 + 1;

/** Calls that share their turns, and the order in which they take each stage. */
function calls() {
  const turn = turns();
  const seen: string[] = [];
  const call = async (name: string, bytes: number): Promise<void> => {
    await turn(bytes);
    seen.push(`${name} judged`);
    await stageEnd();
    seen.push(`${name} answered`);
  };
  return { call, seen };
}

test("calls of one turn take each stage together", async () => {
  const { call, seen } = calls();
  await Promise.all([call("a", 1), call("b", 1)]);
  assert.deepEqual(seen, ["a judged", "b judged", "a answered", "b answered"]);
});

test("whoever comes later has a turn of its own", async () => {
  const turn = turns();
  const first = turn(1);
  await first;
  const seen: string[] = [];
  setImmediate(() => seen.push("next turn"));
  await turn(1).then(() => seen.push("second"));
  assert.deepEqual(seen, ["next turn", "second"]);
});

test("a large call waits for the small ones of its turn", async () => {
  const { call, seen } = calls();
  await Promise.all([call("large", large), call("vast", large), call("small", large - 1)]);
  assert.deepEqual(seen, [
    ...["small judged", "small answered"],
    ...["large judged", "large answered"],
    ...["vast judged", "vast answered"],
  ]);
});
