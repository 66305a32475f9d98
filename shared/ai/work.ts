import { type OpenCall, whileOpen } from "../data/ai-open-calls.ts";
import { workKey } from "../data/ai-requests.ts";
import { pack, unpack } from "../data/packed.ts";
import { withSchemaVersion } from "../data/schema.ts";
import type { Item, Key, PutWrite, TableReader } from "../data/table.ts";
import type { WriteStamp } from "../domain/invocation.ts";
import type { Proposed } from "../domain/proposal.ts";
import type { Answer, Turn } from "./provider/provider.ts";

/** A record that an answer may be made from. */
export interface SourceRecord {
  readonly entity: string;
  readonly id: string;
  readonly title: string;
  /** Whether it was read by itself, and not as one of a list. */
  readonly alone: boolean;
}

/** What has been said in a request so far. */
export interface Said {
  readonly turns: readonly Turn[];
  /** The model's last answer, until it was made use of. */
  readonly answer?: Answer | undefined;
  readonly sources: readonly SourceRecord[];
  /** What was proposed; it becomes records when the request is completed, and none when it fails. */
  readonly proposed: readonly Proposed[];
}

/** How far the work on a request is: enough to go on after a worker died, with at most one call that is paid twice. */
export interface Work extends Said {
  /** Counts the writes of it: of two workers only one can write the next. */
  readonly step: number;
  /** Calls that were begun, and those that were answered. */
  readonly attempts: number;
  readonly calls: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_micros: number;
  readonly open?: OpenCall | undefined;
}

/** The work on a request that nobody has worked on. */
export const noWork: Work = {
  ...{ step: 0, attempts: 0, calls: 0, input_tokens: 0, output_tokens: 0, cost_micros: 0 },
  ...{ turns: [], sources: [], proposed: [] },
};

type Named = { readonly brokerage_id: string; readonly id: string };

/** Whether nothing was counted of a request so far: what is counted next counts the request. */
export const isUncounted = ({
  cost_micros,
  input_tokens,
}: Pick<Work, "cost_micros" | "input_tokens">): boolean => cost_micros === 0 && input_tokens === 0;

/** Reads how far the work on a request is. */
export async function readWork(table: TableReader, { brokerage_id, id }: Named): Promise<Work> {
  return workIn(await table.get(workKey(brokerage_id, id)));
}

/** The work in an item. */
export function workIn(item: Item | undefined): Work {
  if (!item) return noWork;
  const { said, step, attempts, calls, input_tokens, output_tokens, cost_micros, open } =
    item as unknown as Work & {
      readonly said: Uint8Array;
    };
  const counts = { step, attempts, calls, input_tokens, output_tokens, cost_micros };
  return { ...counts, ...unpack<Said>(said), open };
}

/** The write of the next step of the work; refused when another worker has written it. */
export function workWrite(
  { brokerage_id, id }: Named,
  { turns, answer, sources, proposed, open, ...counts }: Work,
  written: WriteStamp,
): PutWrite {
  const step = counts.step + 1;
  const key: Key = workKey(brokerage_id, id);
  const said: Said = { turns, sources, proposed, ...(answer ? { answer } : {}) };
  return {
    Put: {
      Item: withSchemaVersion("aiWork", {
        ...key,
        ...{ brokerage_id, id, ...counts, step, said: pack(said), written },
        ...(open ? { open, ...whileOpen(open) } : {}),
      }),
      ConditionExpression: counts.step === 0 ? "attribute_not_exists(pk)" : "step = :before",
      ...(counts.step === 0 ? {} : { ExpressionAttributeValues: { ":before": counts.step } }),
    },
    ifConditionFails: "conflict",
  };
}
