import * as z from "zod/mini";
import { Client } from "../client.ts";
import { timestamp } from "../schemas.ts";
import { Features, featuresOf, type Known } from "./features.ts";
import { dayMs, type Ledger, linesAt, withAction, worthAt } from "./ledger.ts";
import { bands, fit, keepsBandDays, kinds, modelVersion, signals } from "./signals.ts";

const { lead_score, nurture_status } = Client.shape;
type Status = Client["nurture_status"];

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

/** What a score follows from, besides the moment. */
export interface Scored {
  readonly ledger: Ledger;
  readonly known: Known;
  /** The status that a person set, and when. */
  readonly set?: { readonly status: Status; readonly at: string } | undefined;
}

/** A score and a status: what a client shows of it. */
export interface Judged {
  readonly score: number;
  readonly status: Status;
}

const fitNames = Object.keys(fit) as (keyof typeof fit)[];

/** Everything that has points at a moment, decayed to it. */
function pointsAt({ ledger, known }: Scored, moment: number) {
  const lines = linesAt(ledger.actions, moment);
  const features = featuresOf(known, lines);
  const fits = fitNames.filter((name) => features[name]).map((name) => ({ ...fit[name], at: null }));
  const sum = [...fits.map(({ points }) => points), ...lines.map((line) => worthAt(line, moment))].reduce(
    (one, other) => one + other,
    0,
  );
  return { lines, features, fits: fits, sum, score: Math.round(Math.min(100, sum)) };
}

/** Score and status at a moment. Before the first action the score is 0 and the status `new`, unless a person set one. */
export function judgedAt(scored: Scored, at: Date): Judged {
  const { ledger } = scored;
  const moment = at.getTime();
  const score = ledger.acted_at === undefined ? 0 : pointsAt(scored, moment).score;
  return { score, status: statusAt(scored, moment, score) };
}

/**
 * The band of a score that is kept while the score goes down a little: a client whose score reached a band in the last
 * thirty days and has not fallen out of it since is in it. What a person set holds until the client's next action.
 */
function statusAt(scored: Scored, moment: number, score: number): Status {
  const { ledger, set } = scored;
  if (set && !(ledger.theirs_at !== undefined && ledger.theirs_at > set.at)) return set.status;
  if (ledger.acted_at === undefined) return "new";
  return (["hot", "warm"] as const).find((band) => isIn(band, scored, moment, score)) ?? "cold";
}

/** Goes back from action to action: a score is highest when something happens, and lowest just before. */
function isIn(band: keyof typeof bands, scored: Scored, moment: number, score: number): boolean {
  const { enters, leaves } = bands[band];
  if (score >= enters || score < leaves) return score >= enters;
  const moments = new Set(scored.ledger.actions.map(({ at }) => Date.parse(at)));
  for (const at of [...moments].sort((one, other) => other - one)) {
    if (at > moment || at < moment - keepsBandDays * dayMs) continue;
    if (pointsAt(scored, at).score >= enters) return true;
    if (pointsAt(scored, at - 1).score < leaves) return false;
  }
  return false;
}

/** By then nothing is left of what happened today. */
const horizonDays = 240;

const minute = 60_000;

/** When score or status changes if nothing happens, to the full minute; undefined where neither will. Both only fall. */
export function nextChange(scored: Scored, now: Date): Date | undefined {
  const today = judgedAt(scored, now);
  const isSame = (minutes: number) => {
    const { score, status } = judgedAt(scored, new Date(minutes * minute));
    return score === today.score && status === today.status;
  };
  const from = Math.floor(now.getTime() / minute);
  let [same, other] = [from, from + (horizonDays * dayMs) / minute];
  if (isSame(other)) return undefined;
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (isSame(middle)) same = middle;
    else other = middle;
  }
  return new Date(other * minute);
}

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
