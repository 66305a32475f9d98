import { eventWrite, firstOfEach } from "../../shared/data/events.ts";
import { readSent } from "../../shared/data/sent-events.ts";
import { writeTable } from "../../shared/data/table.ts";
import { AnalyticsEventsAnswer, NewAnalyticsEvents } from "../../shared/domain/analytics/new-events.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { operation } from "../../shared/entry/definition.ts";

export const createAnalyticsEvents = operation({
  id: "createAnalyticsEvents",
  method: "POST",
  path: "/v1/analytics-events",
  permission: "analytics:write",
  summary: "Tell of what happened on a website or in an app",
  description:
    "Up to 100 events, each taken or rejected by itself. They count for the owner and the team that a property has at " +
    "that moment; who does not hold property:read is not told whether it is there. A website's key needs analytics:write " +
    "alone. Gable notes enquiries, and views of what is read over this API by anyone or by a client, by itself.",
  body: NewAnalyticsEvents,
  answer: { status: 202, body: AnalyticsEventsAnswer },
  access: { table: writeTable("PutItem") },
  async run({ table, body, caller, cursorKey, sent, claim, commit, ...invoked }) {
    const repeatedAs = sent.headers["idempotency-key"];
    const read = await readSent(table, body.events, { caller, cursorKey, repeatedAs }, invoked);
    const events = read.flatMap((one) => ("event" in one ? [one.event] : []));
    // Each by itself: an event that is there already stays, and stands in no other's way.
    await Promise.all(firstOfEach(events).map((event) => claim([eventWrite(event)]).catch(unlessThere)));
    const rejected = read.flatMap((one, index) => ("fault" in one ? [{ index, ...one.fault }] : []));
    return commit([], { accepted: read.length - rejected.length, rejected });
  },
});

/** An event that was sent before counts as taken. */
function unlessThere(error: unknown): void {
  if (!(error instanceof Problem && error.code === "duplicate")) throw error;
}
