import { countedOfADay, halfLifeDays, type Kind, keepsBandDays, leastPoints, signalOf } from "./signals.ts";

/** Something that a client did, or that was done with them. The same id is the same action, however often it is noted. */
export interface Action {
  readonly id: string;
  readonly kind: Kind;
  /** When it happened (ISO 8601). */
  readonly at: string;
  /** The property that it is about. */
  readonly listing?: string | undefined;
}

/** What is kept of a client's actions: those that may still count, and when the latest were. */
export interface Ledger {
  readonly actions: readonly Action[];
  /** The latest of all that was ever noted; undefined where nothing was. */
  readonly acted_at?: string | undefined;
  /** The latest that the client did. */
  readonly theirs_at?: string | undefined;
}

/** Points for an action, from the moment on when it happened. */
export interface Line {
  readonly kind: Kind;
  readonly isAgain: boolean;
  readonly points: number;
  readonly reason: string;
  readonly at: string;
  readonly listing?: string | undefined;
}

export const dayMs = 86_400_000;

/** What points of a moment are worth at a later one; nothing where that is less than counts. */
export function worthAt({ points, at }: Pick<Line, "points" | "at">, moment: number): number {
  const worth = decayed(points, at, moment);
  return worth < leastPoints ? 0 : worth;
}

const decayed = (points: number, at: string, moment: number): number =>
  points * 2 ** (-Math.max(0, moment - Date.parse(at)) / (halfLifeDays * dayMs));

/** What stood in the ledger at a moment: every action that had happened and still counted, and those that came again. */
export function linesAt(actions: readonly Action[], moment: number): Line[] {
  const first = new Map<string, string>();
  return actions.flatMap(({ kind, at, listing }) => {
    const { points, reason, again } = signalOf(kind);
    const line = { kind, isAgain: false, points, reason, at, listing };
    if (Date.parse(at) > moment || worthAt(line, moment) === 0) return [];
    const subject = again && subjectOf(kind, listing);
    if (subject === undefined) return [line];
    const before = first.get(subject);
    if (before === undefined) first.set(subject, dayOf(at));
    if (before === undefined || before === dayOf(at)) return [line];
    const more = { ...line, ...again, isAgain: true };
    return worthAt(more, moment) > 0 ? [line, more] : [line];
  });
}

/** What of an action may come again: a look at one listing, a meeting with whatever reason. */
function subjectOf(kind: Kind, listing: string | undefined): string | undefined {
  if (kind !== "view") return kind;
  return listing && `${kind} ${listing}`;
}

const dayOf = (at: string): string => at.slice(0, 10);

/** A ledger with an action, in place of one with the same id. */
export const withAction = (ledger: Ledger, action: Action, now: Date): Ledger =>
  together(
    [
      { ...ledger, actions: ledger.actions.filter(({ id }) => id !== action.id) },
      {
        actions: [action],
        acted_at: action.at,
        theirs_at: signalOf(action.kind).isTheirs ? action.at : undefined,
      },
    ],
    now,
  );

/** A ledger without an action that turned out not to be one. */
export const withoutAction = (ledger: Ledger, id: string): Ledger => ({
  ...ledger,
  actions: ledger.actions.filter((one) => one.id !== id),
});

/**
 * Ledgers as one, in whatever order. Of actions with one id the latest stands. Kept is what may still count: of a kind
 * and day the first ones, as many as count; and what counted at any moment to which `statusAt` looks back.
 */
export function together(ledgers: readonly Ledger[], now: Date): Ledger {
  const byId = new Map<string, Action>();
  for (const action of ledgers.flatMap(({ actions }) => actions))
    if (!((byId.get(action.id)?.at ?? "") > action.at)) byId.set(action.id, action);
  const ofADay = new Map<string, number>();
  const since = now.getTime() - keepsBandDays * dayMs;
  const actions = [...byId.values()].sort(byTime).filter(({ kind, at }) => {
    const day = `${kind} ${dayOf(at)}`;
    ofADay.set(day, (ofADay.get(day) ?? 0) + 1);
    const { points } = signalOf(kind);
    return ofADay.get(day)! <= countedOfADay(kind) && worthAt({ points, at }, since) > 0;
  });
  const latest = (name: "acted_at" | "theirs_at") =>
    ledgers
      .flatMap((one) => one[name] ?? [])
      .sort()
      .at(-1);
  return { actions, acted_at: latest("acted_at"), theirs_at: latest("theirs_at") };
}

function byTime(one: Action, other: Action): number {
  const [a, b] = [one, other].map(({ at, id }) => `${at} ${id}`);
  return a! < b! ? -1 : Number(a! > b!);
}
