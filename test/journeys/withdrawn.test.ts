/** Bar 28 in small: `npm run prove` withdraws each right a hundred times. */
import { describe, expect, test } from "vitest";
import { askWithCache, withdrawals, withdrawn } from "../withdrawals.ts";

const kinds = Object.keys(withdrawals) as (keyof typeof withdrawals)[];

describe.each(kinds)("%s", (kind) => {
  test("is refused from the next request on", async () => {
    expect(await withdrawn(kind, 3)).toBe(3);
  });

  test("sabotage: with a cache it is not", async () => {
    expect(await withdrawn(kind, 1, await askWithCache())).toBe(0);
  });
});
