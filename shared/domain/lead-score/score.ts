import type { Client } from "../client.ts";
import { featuresOf, type Known } from "./features.ts";
import { dayMs, type Ledger, linesAt, worthAt } from "./ledger.ts";
import { bands, fit, keepsBandDays } from "./signals.ts";

type Status = Client["nurture_status"];

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
export function pointsAt({ ledger, known }: Scored, moment: number) {
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
