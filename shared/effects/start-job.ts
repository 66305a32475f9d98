import type { QueueName } from "../data/grant.ts";
import { sendTo } from "../data/queue.ts";
import type { AnyRecordType } from "../domain/record-type.ts";
import { type Effect, on } from "../entry/effect.ts";

/** Sends a record that begins to wait for its worker to its queue; a second message for the same job does no harm. */
export const startJob = (type: AnyRecordType, queue: QueueName): Effect =>
  on(type, {
    name: `start-${type.name}`,
    access: { queue: sendTo(queue) },
    async run({ before, after, queue }) {
      if (!after || before?.status === after.status || !type.job?.startsOn.includes(after.status)) return;
      await queue.send({ brokerage_id: after.brokerage_id, id: after.id });
    },
  });
