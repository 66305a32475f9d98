import * as z from "zod/mini";
import { clocksApart } from "../interaction.ts";
import { parseWith } from "../parse.ts";
import { type InputError, Problem } from "../problem.ts";
import { decimal, id, instant, moment, text } from "../schemas.ts";
import { type MetricType, resoEventTypes } from "./event.ts";

/** How many events a request may have. */
const mostEvents = 100;

/** An id of a sender's own making. */
export const sendersId = (what: string) =>
  z
    .string()
    .check(
      z.minLength(1),
      z.maxLength(100),
      z.regex(/^[\x20-\x7e]*$/, "must be printable ASCII"),
      z.describe(what),
    );
/** What things and happenings are called. */
export const word = z
  .string()
  .check(z.maxLength(40), z.regex(/^[a-z][a-z0-9_]*$/, "must be small letters, digits and _"));

/** Something that happened on a website or in an app, as its sender tells it. */
export const NewEvent = z.strictObject({
  event_id: z.optional(
    sendersId(
      "Of the sender's own making, an API key's or a user's. What is sent again with the same one, of the same UTC day, counts once, and the first " +
        "stays. It says occurred_at, too: else the day is that of the request",
    ),
  ),
  entity_type: word.check(
    z.describe("What it happened to. Of a property it counts in the numbers; all else is kept and listed"),
    z.meta({ examples: ["property"] }),
  ),
  entity_id: z.optional(sendersId("Which; needed of a property")),
  metric_type: word.check(
    z.describe(
      `What happened: ${resoEventTypes.join(", ")} (RESO's InternetTracking), or one of your own, which begins with x_`,
    ),
    z.meta({ examples: ["detailed_view"] }),
  ),
  value: z._default(
    z
      .union([decimal(-1e12, 1e12, 6, "How much"), text(200)])
      .check(
        z.describe(
          "How much, or a word about it, which is kept of kinds that begin with x_ alone. Of a detailed_view a text says who " +
            "looked, in the sender's own words for them: only a mark is kept, by which they count once in a month",
        ),
      ),
    1,
  ),
  occurred_at: z.optional(
    moment("When it happened: at most 7 days ago, at most 5 minutes ahead; now unless said"),
  ),
});
export type NewEvent = z.output<typeof NewEvent>;

/** Events to be taken in: what is none is rejected by itself, so that one of them stops no queue. */
export const NewAnalyticsEvents = z.strictObject({
  events: z.array(z.union([NewEvent, z.looseObject({})])).check(z.minLength(1), z.maxLength(mostEvents)),
});
export type SentEvent = z.output<typeof NewAnalyticsEvents>["events"][number];

/** Which events were taken, and why the others were not. */
export const AnalyticsEventsAnswer = z.object({
  accepted: z.int().check(z.describe("How many were taken; one that was sent before counts as well")),
  rejected: z.array(
    z.object({
      index: z.int().check(z.describe("Its place among the events of the request, from 0")),
      path: z
        .string()
        .check(z.describe("JSON Pointer within the event"), z.meta({ examples: ["/metric_type"] })),
      message: z.string().check(z.meta({ examples: ["must be a known metric_type, or begin with x_"] })),
    }),
  ),
});

/**
 * How long after it happened an event is taken in, in milliseconds: the days that are older than this by a day have their
 * final numbers.
 */
const longestWay = 7 * 86_400_000;
/** Bytes of a text: an event is to stay within a write unit. */
const mostBytes = 200;

/** Whether what happened at a moment is too old by now to count. */
export const isTooOld = (occurredAt: string, now: Date): boolean =>
  Date.parse(occurredAt) < now.getTime() - longestWay;

/** An event that was sent, or what is wrong with it by itself. */
export function eventOrFault(
  sent: SentEvent,
  now: Date,
): { readonly event: NewEvent } | { readonly fault: InputError } {
  try {
    const event = parseWith(NewEvent, sent, "") as NewEvent;
    const fault = faultIn(event, now);
    return fault ? { fault } : { event };
  } catch (error) {
    const fault = error instanceof Problem ? error.errors?.[0] : undefined;
    if (!fault) throw error;
    return { fault };
  }
}

function faultIn(event: NewEvent, now: Date): InputError | undefined {
  const { entity_type, entity_id, metric_type, value, occurred_at = now.toISOString() } = event;
  if (!isSendable(metric_type))
    return { path: "/metric_type", message: `must be ${resoEventTypes.join(", ")}, or begin with x_` };
  if (entity_type === "property" && !id.safeParse(entity_id).success)
    return { path: "/entity_id", message: "must be the id of a property" };
  if (typeof value === "string" && Buffer.byteLength(value) > mostBytes)
    return { path: "/value", message: `must have at most ${mostBytes} bytes in UTF-8` };
  if (isTooOld(occurred_at, now)) return { path: "/occurred_at", message: "must be at most 7 days ago" };
  if (Date.parse(occurred_at) > now.getTime() + clocksApart)
    return { path: "/occurred_at", message: "must not be in the future" };
  return undefined;
}

/** Whether senders may tell of it: what Gable notes itself nobody else does. */
const isSendable = (metric: string): metric is MetricType =>
  metric.startsWith("x_") || resoEventTypes.some((one) => one === metric);

/** When an event happened, as it is kept. */
export const happenedAt = ({ occurred_at }: Pick<NewEvent, "occurred_at">, now: Date): string =>
  occurred_at === undefined ? now.toISOString() : instant(occurred_at);
