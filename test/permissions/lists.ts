import type { Permission } from "../../shared/domain/access.ts";
import { waitFor } from "../cloud.ts";
import { readAll } from "../properties.ts";
import type { Stage } from "./matrix.ts";
import { judge, policiesOf, type Subject } from "./oracle.ts";
import { place } from "./records.ts";
import { type Situation, situationsOf, subjectIn } from "./situations.ts";

const filters = {
  property: ["", "?sort=-price", "?sort=updated_at", "?status=rented", "?status=active"],
  task: ["", "?sort=-updated_at", "?status=pending"],
  client: ["", "?sort=-updated_at", "?sort=lead_score"],
  import: [""],
  export: [""],
  ai_request: [""],
  cma: [""],
} as const;

/**
 * Lists over HTTP, for every caller, against the records that the policies let them read: each list without a filter, or
 * also with some. Answers what differs.
 */
export async function compareLists(stage: Stage, { filtered = true } = {}): Promise<string[]> {
  const { world, callers, others } = stage;
  const { id: brokerage } = world.home.brokerage;
  const askers = callers.flatMap(({ asker }) => asker ?? []);
  // Market analyses are listed by their property: one that everybody may read.
  const market = await place("property", brokerage, { owner_user_id: others.colleague, status: "active" });
  const property_id = market.params.property_id!;
  const paths = {
    property: "/v1/properties",
    task: "/v1/tasks",
    client: "/v1/clients",
    import: "/v1/imports",
    export: "/v1/exports",
    ai_request: "/v1/ai-requests",
    cma: `/v1/properties/${property_id}/cmas`,
  };
  const differences: string[] = [];
  for (const kind of ["property", "task", "client", "import", "export", "ai_request", "cma"] as const) {
    const records: Subject[] = [];
    for (const asker of askers)
      for (const situation of situationsOf(kind) as Situation[]) {
        const { id: _, ...belongs } = subjectIn(situation, kind, asker, others);
        const placed = await place(kind, brokerage, belongs, kind === "cma" ? { property_id } : {});
        records.push({ ...belongs, id: placed.id });
      }
    policiesOf(`list of ${kind}`, records);
    const permission = `${kind === "ai_request" ? "ai" : kind}:read` as Permission;
    for (const { name, asker, signedIn, key } of callers) {
      const who = await signedIn();
      if (!asker || !who) continue;
      const verdicts = records.map((record) => ({
        record,
        ...judge(`list of ${kind}`, asker, permission, record, new Date()),
      }));
      if (verdicts[0]!.rules.has("no_permission")) continue;
      for (const filter of filtered ? filters[kind] : [""]) {
        const wanted = verdicts
          .filter(({ allowed, record }) => allowed && passes(filter, record))
          .map(({ record }) => record.id)
          .sort();
        const ids = new Set(records.map(({ id }) => id));
        const listed = async () =>
          (await readAll(paths[kind] + filter, key?.() ?? who.token))
            .map(({ id }) => id as string)
            .filter((id) => ids.has(id))
            .sort();
        // Entries of teams and shares follow from the stream.
        await waitFor(async () => ((await listed()).join() === wanted.join() ? true : undefined), 20).catch(
          async () => {
            differences.push(
              `${paths[kind]}${filter} by ${name}: ${(await listed()).length} and not ${wanted.length}`,
            );
          },
        );
      }
    }
  }
  return differences;
}

const passes = (filter: string, { status }: Subject) => {
  const [, wanted] = /\?status=(\w+)/.exec(filter) ?? [];
  return !wanted || wanted === "pending" || status === wanted;
};
