import type { Context as Lambda, SQSBatchResponse, SQSEvent } from "aws-lambda";
import { type Grants, openDependencies, queues, variable } from "../data/grant.ts";
import { Leased } from "../data/jobs.ts";
import type { QueueWorker } from "./definition.ts";
import { invocation } from "./invocation.ts";
import { errorFields, log } from "./log.ts";

/** The Lambda handler of a queue worker: a message is done if `run` returns; if it throws, only that one is retried. */
export async function queueHandler<A extends Grants, Message>(worker: QueueWorker<A, Message>) {
  const dependencies = openDependencies(worker.access, process.env);
  return async (event: SQSEvent, lambda: Lambda): Promise<SQSBatchResponse> => {
    const failed: { itemIdentifier: string }[] = [];
    for (const record of event.Records) {
      const receives = Number(record.attributes.ApproximateReceiveCount);
      const fields = {
        worker: worker.id,
        message_id: record.messageId,
        receives,
        request_id: lambda.awsRequestId,
      };
      const lastTry = receives >= queues[worker.queue].maxReceives;
      const secondsLeft = Math.ceil(lambda.getRemainingTimeInMillis() / 1000);
      try {
        const message = worker.message.parse(JSON.parse(record.body));
        await worker.run({ ...invocation(worker.id, null), ...dependencies, message, lastTry, secondsLeft });
        log("job_done", fields);
      } catch (error) {
        const isLeased = error instanceof Leased;
        log(isLeased ? "job_leased" : lastTry ? "job_abandoned" : "job_retry", {
          ...fields,
          ...errorFields(error),
        });
        failed.push({ itemIdentifier: record.messageId });
        // While another worker has the record, wait for its lease to end. After the last failure there is no more work:
        // the next receive moves the message to the dead-letter queue, so make that at once.
        const pause = isLeased ? error.seconds : lastTry ? 0 : backoffAfter(receives);
        await returnIn(worker, record.receiptHandle, pause);
      }
    }
    return { batchItemFailures: failed };
  };
}

/** Seconds until the second delivery; each further one waits three times as long: eight tries outlast an hour. */
const firstBackoff = 5;
const growth = 3;
/** Seconds until a message is retried that failed when it was received for the nth time. */
export const backoffAfter = (receives: number): number => firstBackoff * growth ** (receives - 1);

/** Makes a failed message visible again after a pause; the visibility timeout itself is for workers that crash. */
async function returnIn({ queue }: Pick<QueueWorker, "queue">, receipt: string, seconds: number) {
  const url = process.env[variable({ kind: "queue", name: queue })] ?? "";
  // Only a failure needs the client of queues: most workers start without it.
  const { changeVisibility } = await import("../data/queue.ts");
  await changeVisibility(url, receipt, seconds).catch((error) => log("back_off_failed", errorFields(error)));
}
