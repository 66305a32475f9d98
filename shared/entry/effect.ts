import type { DependenciesOf, Grants } from "../data/grant.ts";
import { aliveIn } from "../data/record-item.ts";
import type { Item } from "../data/table.ts";
import type { Invocation } from "../domain/invocation.ts";
import type { AnyRecordType, RecordOf } from "../domain/record-type.ts";
import { type Change, type StreamConsumer, streamConsumer } from "./definition.ts";
import { errorFields, log } from "./log.ts";

/** A record before and after a change; absent where there was none, or a deleted one. */
interface Changed<T extends AnyRecordType> {
  readonly before: RecordOf<T> | undefined;
  readonly after: RecordOf<T> | undefined;
  /** The version that the change made, a delete's too. */
  readonly version: number;
  /** Whether the change erased what the record said of a person. */
  readonly erases: boolean;
}

/** An effect of changes of a type of record, with its grants. */
export interface Effect {
  readonly name: string;
  /** The sort key of the items whose changes it takes, or its beginning, which ends in `#`. */
  readonly items: string;
  readonly access: Grants;
  run(
    context: Invocation & { readonly change: Change },
    opened: Readonly<Record<string, unknown>>,
  ): Promise<void>;
}

/**
 * Declares an effect of every change of an item. It runs at least once for each change, in order for each item, in
 * parallel with the other effects, and must be idempotent.
 */
export function onChange<A extends Grants>(effect: {
  readonly name: string;
  readonly items: string;
  readonly access: A;
  run(context: Invocation & DependenciesOf<A> & { readonly change: Change }): Promise<void>;
}): Effect {
  return {
    ...effect,
    run: (context, opened) => effect.run({ ...context, ...(opened as DependenciesOf<A>) }),
  };
}

/** Declares an effect of every change of a type's records, likewise. */
export function onChangeOf<T extends AnyRecordType, A extends Grants>(
  type: T,
  effect: {
    readonly name: string;
    readonly access: A;
    run(context: Invocation & DependenciesOf<A> & Changed<T>): Promise<void>;
  },
): Effect {
  return onChange<A>({
    ...effect,
    items: "record",
    async run({ change, ...context }) {
      const [before, after] = [change.before, change.after] as (Item | undefined)[];
      const item = after ?? before;
      if (item?.entity !== type.name) return;
      const changed = {
        before: aliveIn(type, before),
        after: aliveIn(type, after),
        version: Number(item.version),
        erases: after?.erased_at !== undefined && after.erased_at !== before?.erased_at,
      };
      // Nothing to do when a deleted record is purged: its deletion was the change.
      if (changed.before || changed.after)
        await effect.run({ ...(context as unknown as Invocation & DependenciesOf<A>), ...changed });
    },
  });
}

/** Declares the consumer of the stream that runs effects, each with its own dependencies. */
export function effectsConsumer({
  effects,
  ...definition
}: Omit<StreamConsumer, "kind" | "access" | "run" | "only"> & {
  readonly effects: readonly Effect[];
}): StreamConsumer {
  const access = Object.fromEntries(
    effects.flatMap(({ name, access }) =>
      Object.entries(access).map(([dependency, grant]) => [`${name}.${dependency}`, grant]),
    ),
  );
  return streamConsumer({
    ...definition,
    only: [...new Set(effects.map(({ items }) => items))],
    access,
    async run({ change, now, newId, written, ...opened }) {
      const ends = await Promise.allSettled(
        effects.map((effect) =>
          effect.run(
            { change, now, newId, written },
            Object.fromEntries(
              Object.keys(effect.access).map((name) => [name, (opened as Grants)[`${effect.name}.${name}`]]),
            ),
          ),
        ),
      );
      // A failed effect does not stop the others; the change is delivered again to all of them.
      const failed = ends.flatMap((end, at) =>
        end.status === "rejected" ? [{ end, effect: effects[at]! }] : [],
      );
      for (const { end, effect } of failed)
        log("effect_failed", { effect: effect.name, ...errorFields(end.reason) });
      if (failed.length > 0) throw new Error(`Failed: ${failed.map(({ effect }) => effect.name).join(", ")}`);
    },
  });
}
