import { expect, test } from "vitest";
import { age, countRotations, loseAnswers, refreshAtOnce } from "../identity-attacks.ts";
import { unconditional } from "../in-process.ts";

test("1,000 refreshes of one token at once: one rotation, one successor", async () => {
  expect(await refreshAtOnce(1000)).toEqual({ statuses: [200], successors: 1, rotation: 1 });
});

test("200 lost answers: all recover", async () => {
  expect(await loseAnswers(200)).toEqual({ recovered: 200, status: 200 });
});

test("sabotage: without the condition 300 refreshes rotate many times", async () => {
  expect(await countRotations(300, (table) => table)).toBe(1);
  expect(await countRotations(300, unconditional)).toBeGreaterThan(10);
});

test("sabotage: reuse after ten seconds kills the session instead", async () => {
  expect(await loseAnswers(200, (user) => age(user, 11))).toEqual({ recovered: 0, status: 401 });
});
