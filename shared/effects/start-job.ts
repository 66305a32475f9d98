import type { QueueName } from "../data/grant.ts";
import { sendTo } from "../data/queue.ts";
import type { AnyRecordType } from "../domain/record-type.ts";
import { type Effect, onChangeOf } from "../entry/effect.ts";

/** Sends a message to the job queue when a record enters a state that starts its job; a second message does no harm. */
export const startJob = (type: AnyRecordType, queue: QueueName): Effect =>
  onChangeOf(type, {
    name: `start-${type.name}`,
    access: { queue: sendTo(queue) },
    async run({ before, after, queue }) {
      if (!after || before?.status === after.status || !type.job?.startsOn.includes(after.status)) return;
      await queue.send({ brokerage_id: after.brokerage_id, id: after.id });
    },
  });
