import * as z from "zod/mini";
import { type Caller, decide } from "../access.ts";
import { invalidInput } from "../problem.ts";
import { instant, listQuery, moment } from "../schemas.ts";
import type { StoredEvent } from "./event.ts";
import { sendersId, word } from "./new-events.ts";

/** Which events a list shows. */
export const EventQuery = z.strictObject({
  ...listQuery,
  entity_type: z.optional(word),
  entity_id: z.optional(sendersId("With entity_type")),
  metric_type: z.optional(word),
  from: z.optional(moment("Happened at this time or later")),
  to: z.optional(moment("Happened before this time")),
});
export type EventQuery = z.output<typeof EventQuery>;

/** What the filters of a query ask of an event. Throws 400 for filters that fit nothing. */
export function eventFilter({ entity_type, entity_id, metric_type, ...query }: EventQuery) {
  if (entity_id !== undefined && entity_type === undefined)
    throw invalidInput("?entity_id", "needs entity_type");
  const [from, to] = [query.from, query.to].map((one) => (one === undefined ? undefined : instant(one)));
  if (from !== undefined && to !== undefined && to <= from) throw invalidInput("?to", "must be after from");
  const asked = Object.entries({ entity_type, entity_id, metric_type }).filter(
    ([, value]) => value !== undefined,
  );
  return {
    from,
    to,
    holds: (event: StoredEvent): boolean =>
      asked.every(([name, value]) => event[name as keyof StoredEvent] === value) &&
      (from === undefined || event.occurred_at >= from) &&
      (to === undefined || event.occurred_at < to),
    /** Whether it lets everything pass. */
    isOpen: asked.length === 0 && from === undefined && to === undefined,
  };
}

/** Whether a caller may see an event: it is theirs who did it, and theirs (or their team's) whom it counts for. */
export function maySee(caller: Caller, { user_id, about }: StoredEvent, now: Date): boolean {
  if (user_id === caller.user_id) return true;
  const counted = { owner_user_id: about.user_id, team_id: about.team_id };
  return decide(caller, "analytics:read", counted, now).allowed;
}
