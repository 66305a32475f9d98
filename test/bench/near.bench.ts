import { performance } from "node:perf_hooks";
import { expect, test } from "vitest";
import { propertyPage } from "../../shared/data/property-list.ts";
import { type Caller, defaultGrants } from "../../shared/domain/access.ts";
import { PropertyQuery } from "../../shared/domain/property-search.ts";
import { signUp } from "../cloud.ts";
import { table } from "../in-process.ts";
import { fill } from "../properties.ts";
import { soldHouses } from "../sales.ts";
import { median } from "./measure.ts";

/** The first page around a place against the newest 25, which are one Query: in one run, at 50 places in turns. */
test("near in a county of sales", async () => {
  const admin = await signUp();
  const houses = soldHouses();
  await fill(admin, houses);
  const caller: Caller = {
    ...{ brokerage_id: admin.brokerage.id, user_id: admin.user.id, session_id: "s", role: "admin" },
    ...{ team_ids: [], grants: defaultGrants.admin },
  };
  let [requests, entries] = [0, 0];
  const counting: typeof table = {
    ...table,
    async query(input) {
      const answer = await table.query(input);
      requests++;
      entries += answer.items.length;
      return answer;
    },
  };
  const page = async (query: object) => {
    [requests, entries] = [0, 0];
    const before = performance.now();
    const { items } = await propertyPage(counting, {
      ...{ caller, now: new Date(), cursorKey: "k" },
      query: PropertyQuery.parse(query),
    });
    expect(items).toHaveLength(25);
    return { ms: performance.now() - before, requests, entries };
  };
  type Spent = Awaited<ReturnType<typeof page>>;
  const newest: Spent[] = [];
  const near: Spent[] = [];
  for (let n = 0; n < 60; n++) {
    const { lat, lng } = houses[(n * 431) % houses.length]!.location;
    const newestPage = await page({});
    const nearPage = await page({ near: `${lat.toFixed(2)},${lng.toFixed(2)}` });
    // The first ten warm up.
    if (n < 10) continue;
    newest.push(newestPage);
    near.push(nearPage);
  }
  const row = (name: string, all: readonly Spent[]) =>
    [
      name.padEnd(8),
      ...(["ms", "requests", "entries"] as const).map((of) => {
        const values = all.map((one) => one[of]);
        const p90 = values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.9)]!;
        return `${of}: median ${median(values).toFixed(1)}, p90 ${p90.toFixed(1)}`.padEnd(36);
      }),
    ].join("");
  const ratio = median(near.map(({ ms }) => ms)) / median(newest.map(({ ms }) => ms));
  process.stdout.write(
    `\n${row("newest", newest)}\n${row("near", near)}\nnear / newest: ${ratio.toFixed(1)}\n`,
  );
});
