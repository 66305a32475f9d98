import type { Context as Lambda, SQSBatchResponse, SQSEvent } from "aws-lambda";
import type { QueueWorker } from "./definition.ts";
import { type Access, openAll, queues } from "./grant.ts";
import { invocation } from "./invocation.ts";
import { errorFields, log } from "./log.ts";

/** The Lambda handler of a queue worker: returning is done, throwing puts that message alone back. */
export async function queueHandler<A extends Access, Message>(worker: QueueWorker<A, Message>) {
  const dependencies = openAll(worker.access, process.env);
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
      try {
        const message = worker.message.parse(JSON.parse(record.body));
        const lastTry = receives >= queues[worker.queue].maxReceives;
        await worker.run({ ...invocation(worker.id, null), ...dependencies, message, lastTry });
        log("job_done", fields);
      } catch (error) {
        log("job_retry", { ...fields, ...errorFields(error) });
        failed.push({ itemIdentifier: record.messageId });
      }
    }
    return { batchItemFailures: failed };
  };
}
