import { performance } from "node:perf_hooks";
import { expect, test } from "vitest";
import { addUser, api, type SignedIn, signUp, waitFor } from "../cloud.ts";
import { fill } from "../properties.ts";
import { soldHouses } from "../sales.ts";
import { median } from "./measure.ts";

/** A hundred hits spread over a county of sales: the first page, as admin and as agent, at ten times in turns. */
test("a search in a county of sales", async () => {
  const admin = await signUp();
  const agent = await addUser(admin, "agent");
  const houses = soldHouses();
  const every = Math.floor(houses.length / 100);
  const begun = performance.now();
  await fill(
    admin,
    houses.map((house, at) => ({
      ...house,
      title: `${house.title} ${at % every === 0 && at < 100 * every ? "heronmark" : "filler"}`,
    })),
  );
  const filled = performance.now();
  const page = async ({ token }: SignedIn, query: string) => {
    const before = performance.now();
    const { body } = await api("GET", `/v1/properties?${query}`, { token });
    return { ms: performance.now() - before, found: body.items.length as number };
  };
  await waitFor(
    async () => ((await page(admin, "q=heronm&limit=100")).found === 100 ? true : undefined),
    800,
  );
  const followed = performance.now();
  const rows = [];
  for (const [who, by] of Object.entries({ admin, agent }))
    for (const query of ["q=heronm", "q=heronm&limit=100", "q=heronmark+filler", "limit=25"]) {
      const pages = [];
      for (let at = 0; at < 10; at++) pages.push(await page(by, query));
      if (query.startsWith("q=heronm&")) expect(pages.map(({ found }) => found)).toEqual(Array(10).fill(100));
      if (query === "q=heronm") expect(pages.map(({ found }) => found)).toEqual(Array(10).fill(25));
      rows.push({ who, query, found: pages[0]!.found, ms: Math.round(median(pages.map(({ ms }) => ms))) });
    }
  console.table(rows);
  const seconds = (ms: number) => Math.round(ms / 1000);
  console.log(
    `${houses.length} sales written in ${seconds(filled - begun)} s, found ${seconds(followed - filled)} s later`,
  );
});
