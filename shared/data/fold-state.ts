import { daysOpen } from "../domain/analytics/periods.ts";
import { dayIn, daysAfter } from "../domain/days.ts";
import { updateOf } from "./buckets.ts";
import { tryCommit } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import type { Item, Key, TableReader, TableWriter, UpdateWrite } from "./table.ts";

/** How far a brokerage's events are folded. */
export interface FoldState {
  readonly version: number;
  /** All that arrived up to this moment is in its buckets. */
  readonly folded_to: string;
  /** The first day that is not final. */
  readonly open_from: string;
  /** In which zone days are, from which day on: the last one is that of all open days. */
  readonly zones: readonly { readonly from: string; readonly time_zone: string }[];
  /** When the zone changed, until the open days are folded anew in it. */
  readonly rezoned_at?: string | null;
}

/** Seconds after which what arrived is surely found by arrival: writes that take long, clocks, the index's own lag. */
const settling = 30;
/** Minutes after a change of zone in which a fold may still be under way in the old one. */
const minutesOfAFold = 10;

/** The moment up to which everything that arrived can be read. */
export const settledBy = (now: Date): string => new Date(now.getTime() - settling * 1000).toISOString();

/** The last day that may be closed: it ended 8 days ago. */
export const lastToClose = (timeZone: string, now: Date): string =>
  daysAfter(dayIn(timeZone, now), -daysOpen - 1);

/** The state before anything is folded: nothing that happened earlier can arrive with or after the first event. */
export const firstState = (time_zone: string, firstArrival: string): FoldState => ({
  version: 0,
  folded_to: beginning,
  open_from: daysAfter(dayIn(time_zone, new Date(firstArrival)), -daysOpen),
  zones: [{ from: "0000-01-01", time_zone }],
});

/** Earlier than any event. */
export const beginning = new Date(0).toISOString();

/** The zone of a day: final days keep the one in which they were closed. */
export const zoneOf = ({ zones }: FoldState, day: string): string =>
  zones.findLast(({ from }) => from <= day)!.time_zone;

export const openZone = ({ zones }: FoldState): string => zones.at(-1)!.time_zone;

/** The state once the brokerage has another zone: its open days are to be folded anew. */
export function rezoned(state: FoldState, time_zone: string, now: Date): FoldState {
  if (openZone(state) === time_zone) return state;
  const zones = state.zones.filter(({ from }) => from < state.open_from);
  return {
    ...state,
    zones: [...zones, { from: state.open_from, time_zone }],
    rezoned_at: now.toISOString(),
  };
}

/** Whether the open days can be folded anew: no fold is under way any more that began in the old zone. */
export const mayRefold = ({ rezoned_at }: FoldState, now: Date): boolean =>
  typeof rezoned_at === "string" && Date.parse(rezoned_at) + minutesOfAFold * 60_000 <= now.getTime();

const stateKey = (brokerageId: string): Key => ({ pk: `${brokerageId}#view`, sk: "folded" });

/** The state of a brokerage; undefined before its first event is folded. Strongly consistent. */
export const readFoldState = (table: TableReader, brokerageId: string): Promise<FoldState | undefined> =>
  table.get<Item & FoldState>(stateKey(brokerageId));

/** Writes the state that follows one; undefined where another run was faster. */
export async function moveFoldState(
  table: TableWriter<UpdateWrite>,
  brokerageId: string,
  before: FoldState,
  changes: Partial<FoldState>,
): Promise<FoldState | undefined> {
  const { folded_to, open_from, zones, rezoned_at = null } = { ...before, ...changes };
  const version = before.version + 1;
  const write = updateOf(
    stateKey(brokerageId),
    withSchemaVersion("folded", { version, folded_to, open_from, zones, rezoned_at }),
    before.version === 0
      ? { ConditionExpression: "attribute_not_exists(pk)" }
      : {
          ConditionExpression: "#version = :as_read",
          ExpressionAttributeValues: { ":as_read": before.version },
        },
  );
  const isWritten = await tryCommit(table, [write]);
  return isWritten ? { version, folded_to, open_from, zones, rezoned_at } : undefined;
}

const tries = 10;

/**
 * Changes the state as it is at that moment, whatever others write in it meanwhile; `change` answers undefined to leave it.
 * Answers the state that then stands.
 */
export async function changeFoldState(
  table: TableReader & TableWriter<UpdateWrite>,
  brokerageId: string,
  change: (state: FoldState) => Partial<FoldState> | undefined,
): Promise<FoldState | undefined> {
  for (let attempt = 0; attempt < tries; attempt++) {
    const state = await readFoldState(table, brokerageId);
    const changes = state && change(state);
    if (!changes) return state;
    const moved = await moveFoldState(table, brokerageId, state, changes);
    if (moved) return moved;
  }
  throw new Error(`The state of the fold still conflicts after ${tries} attempts`);
}
