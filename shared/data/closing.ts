import { dayIn, daysAfter } from "../domain/days.ts";
import { inItsZone } from "./fold.ts";
import {
  changeFoldState,
  type FoldState,
  lastToClose,
  mayRefold,
  openZone,
  readFoldState,
  zoneOf,
} from "./fold-state.ts";
import { rebuildDay } from "./rebuild.ts";
import type { TableQuerier, TableWriter } from "./table.ts";

/** What is said of a day that was folded from zero. */
interface DayRebuilt {
  readonly brokerage_id: string;
  readonly day: string;
  readonly final: boolean;
  readonly events: number;
  /** Buckets that were not as they are now. */
  readonly written: number;
}

/**
 * Makes the days of a brokerage final that ended 8 days ago, one after the other, each folded from zero; and folds its
 * open days anew where its time zone has changed. Where a run dies the next one goes on. Yields each day.
 */
export async function* closeDays(
  table: TableQuerier & TableWriter,
  brokerageId: string,
  now: Date,
): AsyncGenerator<DayRebuilt> {
  const read = await readFoldState(table, brokerageId);
  let state = read && (await inItsZone(table, brokerageId, read, [], now));
  while (state && state.open_from <= lastToClose(zoneOf(state, state.open_from), now)) {
    const day = state.open_from;
    const time_zone = zoneOf(state, day);
    const rezoned = typeof state.rezoned_at === "string";
    const rebuilt = await rebuildDay(table, brokerageId, { day, time_zone, final: true, rezoned }, now);
    // Unless another run closed it, or it has another zone by now.
    state = await changeFoldState(table, brokerageId, (now) =>
      now.open_from === day && zoneOf(now, day) === time_zone ? { open_from: daysAfter(day, 1) } : undefined,
    );
    yield { brokerage_id: brokerageId, day, final: true, ...rebuilt };
  }
  if (!state || !mayRefold(state, now)) return;
  yield* rebuildDays(table, brokerageId, { from: state.open_from, to: dayAfterToday(state, now) }, now);
  const { rezoned_at } = state;
  await changeFoldState(table, brokerageId, (now) =>
    now.rezoned_at === rezoned_at ? { rezoned_at: null } : undefined,
  );
}

/** Tomorrow's day is included: elsewhere it may have begun. */
const dayAfterToday = (state: FoldState, now: Date) => daysAfter(dayIn(openZone(state), now), 2);

/** Folds days of a brokerage from zero, `to` not among them: final ones stay final and keep their zone. Yields each. */
export async function* rebuildDays(
  table: TableQuerier & TableWriter,
  brokerageId: string,
  { from, to }: { readonly from: string; readonly to: string },
  now: Date,
): AsyncGenerator<DayRebuilt> {
  const state = await readFoldState(table, brokerageId);
  if (!state) return;
  for (let day = from; day < to; day = daysAfter(day, 1)) {
    const final = day < state.open_from;
    const rezoned = typeof state.rezoned_at === "string";
    const rebuilding = { day, time_zone: zoneOf(state, day), final, rezoned };
    const rebuilt = await rebuildDay(table, brokerageId, rebuilding, now);
    yield { brokerage_id: brokerageId, day, final, ...rebuilt };
  }
}
