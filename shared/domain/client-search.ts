import * as z from "zod/mini";
import { type ClientSummary, nurtureStatuses } from "./client.ts";
import { id, instant, listQuery, moment, queryInteger, text, updatedSince } from "./schemas.ts";
import { searchTakesNoSort, searchText } from "./search-text.ts";
import { folded } from "./words.ts";

const sorts = [
  "created_at",
  "-created_at",
  "updated_at",
  "-updated_at",
  "lead_score",
  "-lead_score",
] as const;

/** What the list of clients takes. */
export const ClientQuery = z
  .strictObject({
    ...listQuery,
    nurture_status: z.optional(z.enum(nurtureStatuses)),
    min_lead_score: z.optional(queryInteger(0, 100, "The least lead score")),
    owner_user_id: z.optional(id.check(z.describe("One agent's clients"))),
    tag: z.optional(text(40, "A whole tag; case and accents make no difference")),
    q: searchText("name, emails and phones (seven or more of the last digits)"),
    not_contacted_since: z.optional(moment("Last contacted before this moment, or never")),
    updated_since: updatedSince,
    sort: z.optional(z.enum(sorts).check(z.describe("Default -created_at; - means descending"))),
  })
  .check(searchTakesNoSort);
export type ClientQuery = z.output<typeof ClientQuery>;

/** A predicate for every filter in the query, with the filter's name. */
export function clientFilters(query: ClientQuery) {
  const { nurture_status, min_lead_score = 0, owner_user_id, not_contacted_since, updated_since } = query;
  const tag = query.tag === undefined ? undefined : folded(query.tag);
  const contact = not_contacted_since && instant(not_contacted_since);
  const since = updated_since && instant(updated_since);
  return [
    { name: "nurture_status", holds: (client: ClientSummary) => client.nurture_status === nurture_status },
    { name: "min_lead_score", holds: ({ lead_score }: ClientSummary) => lead_score >= min_lead_score },
    { name: "owner_user_id", holds: (client: ClientSummary) => client.owner_user_id === owner_user_id },
    { name: "tag", holds: ({ tags }: ClientSummary) => tags.some((one) => folded(one) === tag) },
    {
      name: "not_contacted_since",
      holds: ({ last_contacted_at }: ClientSummary) =>
        last_contacted_at === undefined || last_contacted_at < contact!,
    },
    { name: "updated_since", holds: ({ updated_at }: ClientSummary) => updated_at >= since! },
  ].filter(({ name }) => query[name as keyof ClientQuery] !== undefined);
}
