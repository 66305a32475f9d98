import * as z from "zod/mini";
import type { DependenciesOf, Grant, Grants, QueueName } from "../data/grant.ts";
import { claimJob, failJob, finishJob, reportJob, type Step } from "../data/jobs.ts";
import type { TableWriter } from "../data/table.ts";
import type { Invocation } from "../domain/invocation.ts";
import type { AnyRecordType, RecordOf } from "../domain/record-type.ts";
import { id } from "../domain/schemas.ts";
import { type QueueWorker, queueWorker } from "./definition.ts";

/** A job's message: which record to work on. */
export const jobMessage = z.object({ brokerage_id: id, id });
type Named = z.output<typeof jobMessage>;

/** The worker for the jobs of a type of record. */
interface JobWorker<T extends AnyRecordType, A extends Grants, Message extends Named>
  extends Omit<QueueWorker<A, readonly Message[]>, "kind" | "run" | "message"> {
  readonly queue: QueueName;
  /** Reads a message's body, which may name several records; that of one record unless said. */
  readonly message?: { parse(body: unknown): readonly Message[] };
  /** Does the work on a claimed record, or its next part. A throw is retried; after the last try the job has failed. */
  work(
    context: Invocation &
      DependenciesOf<A> & {
        readonly record: RecordOf<T>;
        readonly message: Message;
        /** Writes how far a long step is; throws, so that the step ends, when another worker has the record. */
        report(changes: Partial<RecordOf<T>>): Promise<void>;
      },
  ): Promise<Step<T>>;
  /** After a delivery that is not to come again: removes what it, or a worker that died, has left. */
  tidy?(context: DependenciesOf<A> & { readonly message: Message }): Promise<void>;
}

/**
 * Declares the worker of a type's jobs: each record is claimed with a lease as long as the invocation may still take,
 * worked on, and finished with its task in one transaction. A failure gives the lease back and is retried; the last
 * one ends the job. However many deliveries and crashes there are, there is one result.
 */
export function jobWorker<
  T extends AnyRecordType,
  A extends Grants & { readonly table: Grant<TableWriter> },
  Message extends Named = Named,
>(
  type: T,
  { work, tidy, message, ...definition }: JobWorker<T, A, Message>,
): QueueWorker<A, readonly Message[]> {
  const one = { parse: (body: unknown) => [jobMessage.parse(body) as Message] };
  return queueWorker<A, readonly Message[]>({
    ...definition,
    message: message ?? one,
    async run({ message: messages, lastTry, secondsLeft, ...context }) {
      const { now, written } = context as unknown as Invocation;
      const { table } = context as unknown as { table: TableWriter };
      const stamp = { now, written };
      for (const message of messages) {
        const { brokerage_id, id } = message;
        const record = await claimJob(table, type, brokerage_id, id, secondsLeft, stamp);
        if (record)
          try {
            const report = (changes: Partial<RecordOf<T>>) => reportJob(table, type, record, changes, stamp);
            const step = await work({ ...context, record, message, report } as never);
            await finishJob(table, type, record, step, stamp);
          } catch (error) {
            if (lastTry) {
              await failJob(table, type, record, "failed", stamp);
              await tidy?.({ ...context, message } as never);
            }
            // The next delivery need not wait for the lease's end.
            else await finishJob(table, type, record, { changes: {} }, stamp).catch(() => {});
            throw error;
          }
        await tidy?.({ ...context, message } as never);
      }
    },
  });
}
