import * as z from "zod/mini";
import { Client } from "../client.ts";
import { timestamp } from "../schemas.ts";
import { Features } from "./features.ts";
import { dayMs, withAction, worthAt } from "./ledger.ts";
import { judgedAt, pointsAt, type Scored } from "./score.ts";
import { bands, fit, kinds, modelVersion, signals } from "./signals.ts";

const { lead_score, nurture_status } = Client.shape;
const points = z.number().check(z.meta({ examples: [17.41] }));
const reason = z.string().check(z.meta({ examples: ["Sent an enquiry"] }));

/** A client's score as of a moment, point by point. */
export const LeadScore = z.object({
  score: lead_score.check(z.describe("The sum of the points, rounded; 100 at most")),
  nurture_status,
  as_of: timestamp,
  ledger: z.array(
    z.object({
      points: points.check(z.describe("What it is worth now")),
      reason,
      at: z
        .nullable(timestamp)
        .check(z.describe("When it happened; null for what stays as long as it is known")),
      decays_to: points.check(z.describe("What it will be worth in seven days")),
    }),
  ),
  next: z
    .array(z.object({ action: z.string().check(z.meta({ examples: ["Meet them"] })), points }))
    .check(z.describe("What would make the client hot: these one after the other; empty for one who is")),
  features: Features.check(z.describe("All that the score is computed from")),
  model_version: z.int().check(z.describe("Another one whenever points, bands or features change")),
});
export type LeadScore = z.output<typeof LeadScore>;

/** What a score was from a moment on. */
export const PastScore = z.object({
  at: timestamp,
  score: lead_score,
  nurture_status,
  reason: reason.check(z.describe("What changed it")),
});
export type PastScore = z.output<typeof PastScore>;

const rounded = (value: number) => Math.round(value * 100) / 100;
const week = 7 * dayMs;

/** The score of a client as it is answered, as of now. */
export function leadScore(scored: Scored, now: Date): LeadScore {
  const moment = now.getTime();
  const { lines, features, fits } = pointsAt(scored, moment);
  const { score, status } = judgedAt(scored, now);
  const hasActed = scored.ledger.acted_at !== undefined;
  return {
    ...{ score, nurture_status: status, as_of: now.toISOString() },
    ledger: [
      ...lines.toReversed().map((line) => ({
        points: rounded(worthAt(line, moment)),
        ...{ reason: line.reason, at: line.at },
        decays_to: rounded(worthAt(line, moment + week)),
      })),
      ...(hasActed ? fits : []).map(({ points, reason, at }) => ({ points, reason, at, decays_to: points })),
    ],
    next: status === "hot" ? [] : toHot(scored, now),
    features,
    model_version: modelVersion,
  };
}

/** What could happen next, each once. */
const steps: readonly { readonly action: string; after(scored: Scored, now: Date): Scored }[] = [
  ...kinds.map((kind) => ({
    action: signals[kind].action,
    after: ({ ledger, ...scored }: Scored, now: Date) => ({
      ...scored,
      ledger: withAction(ledger, { id: `a ${kind}`, kind, at: now.toISOString(), listing: `a ${kind}` }, now),
    }),
  })),
  ...(["has_email", "has_phone", "may_be_contacted"] as const).map((name) => ({
    action: fit[name].action,
    after: ({ known, ...scored }: Scored) => ({ ...scored, known: { ...known, [name]: true } }),
  })),
];

/** The fewest steps that make a client hot: the one that brings most, then the next, until it is enough. */
function toHot(scored: Scored, now: Date): LeadScore["next"] {
  const sumOf = (one: Scored) => (one.ledger.acted_at === undefined ? 0 : pointsAt(one, now.getTime()).sum);
  const taken: LeadScore["next"] = [];
  let [left, state] = [steps, scored];
  while (Math.round(sumOf(state)) < bands.hot.enters) {
    const tried = left.map((step) => ({ step, state: step.after(state, now) }));
    const gains = tried.map((one) => ({ ...one, points: sumOf(one.state) - sumOf(state) }));
    const best = gains.sort((one, other) => other.points - one.points)[0];
    if (!best || best.points <= 0) break;
    taken.push({ action: best.step.action, points: rounded(best.points) });
    state = best.state;
    left = left.filter((step) => step !== best.step);
  }
  return taken;
}
