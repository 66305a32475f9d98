import { createHash, randomUUID } from "node:crypto";
import { EventEmitter, once } from "node:events";
import type { DatabaseSync } from "node:sqlite";
import { AwsError } from "./aws-error.ts";
import { nameIn, region } from "./identities.ts";
import type { Resource } from "./templates.ts";

/** A message as ReceiveMessage and an SQS event source hand it out. */
export interface Received {
  readonly MessageId: string;
  readonly ReceiptHandle: string;
  readonly Body: string;
  readonly MD5OfBody: string;
  readonly Attributes: Readonly<Record<string, string>>;
}

/** One queue: at least once, unordered, its messages on disk. */
export interface Queue {
  readonly name: string;
  readonly arn: string;
  readonly attributes: () => Record<string, string>;
  /** Hidden for `delay` seconds, or as long as the template says. */
  send(body: string, delay?: number): { MessageId: string; MD5OfMessageBody: string };
  /** Waits up to `wait` seconds for a first message; [] when none came or the signal ended the wait. */
  receive(options: {
    max: number;
    wait: number;
    visibility?: number;
    signal?: AbortSignal;
  }): Promise<Received[]>;
  /** Deletes by the latest receipt; an older one does nothing, as in SQS. */
  remove(receipt: string): void;
  /** Hides a received message for so many seconds from now; false when the receipt is no longer in force. */
  hide(receipt: string, seconds: number): boolean;
  purge(): void;
  /** Sends this dead-letter queue's messages back to where each came from, or all to one queue; answers how many. */
  redrive(destination?: string): number;
}

interface Row {
  id: string;
  body: string;
  sent: number;
  received: number;
  first_received: number | null;
  source: string | null;
}

export const md5 = (text: string) => createHash("md5").update(text).digest("hex");

/** All queues of the templates. */
export interface Queues {
  readonly byArn: ReadonlyMap<string, Queue>;
  readonly byName: ReadonlyMap<string, Queue>;
}

/** The templates' queues over a store. */
export function openQueues(store: DatabaseSync, resources: readonly Resource[]): Queues {
  store.exec(`CREATE TABLE IF NOT EXISTS messages (
      id TEXT PRIMARY KEY, queue TEXT NOT NULL, body TEXT NOT NULL, sent INTEGER NOT NULL,
      visible INTEGER NOT NULL, received INTEGER NOT NULL DEFAULT 0, first_received INTEGER, receipt TEXT, source TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS by_visibility ON messages (queue, visible);
    CREATE INDEX IF NOT EXISTS by_receipt ON messages (receipt)`);
  // All receivers ended with the last run, so messages they had received become visible at once.
  store.exec("UPDATE messages SET visible = 0 WHERE receipt IS NOT NULL");
  const queues = resources.map((resource) => openQueue(store, resource, (arn) => byArn.get(arn)?.arrived()));
  const byArn = new Map(queues.map((queue) => [queue.arn, queue]));
  return { byArn, byName: new Map(queues.map((queue) => [queue.name, queue])) };
}

function openQueue(store: DatabaseSync, resource: Resource, arrivedAt: (arn: string) => void) {
  const { name, arn, properties } = resource;
  if (properties.FifoQueue) throw new Error(`${name}: the local cloud has no FIFO queues`);
  const visibility = properties.VisibilityTimeout ?? 30;
  const retention = (properties.MessageRetentionPeriod ?? 345_600) * 1000;
  const { deadLetterTargetArn, maxReceiveCount } = properties.RedrivePolicy ?? {};
  const arrivals = new EventEmitter().setMaxListeners(0);

  const insert = store.prepare(
    "INSERT INTO messages (id, queue, body, sent, visible) VALUES (?, ?, ?, ?, ?)",
  );
  const visibleNow = store.prepare(
    `SELECT id, body, sent, received, first_received, source FROM messages
     WHERE queue = ? AND visible <= ? ORDER BY visible LIMIT ?`,
  );
  const nextVisible = store.prepare("SELECT min(visible) AS at FROM messages WHERE queue = ?");
  const hand = store.prepare(
    "UPDATE messages SET visible = ?, received = received + 1, first_received = ?, receipt = ? WHERE id = ?",
  );
  const move = store.prepare(
    "UPDATE messages SET queue = ?, source = ?, visible = ?, received = 0, first_received = NULL, receipt = NULL WHERE id = ?",
  );
  const drop = store.prepare("DELETE FROM messages WHERE id = ?");
  const dropReceipt = store.prepare("DELETE FROM messages WHERE receipt = ? AND queue = ?");
  const hideReceipt = store.prepare(
    "UPDATE messages SET visible = ? WHERE receipt = ? AND queue = ? AND visible > ?",
  );
  const count = store.prepare(
    `SELECT count(*) FILTER (WHERE visible <= ?1) AS ready,
            count(*) FILTER (WHERE visible > ?1 AND receipt IS NOT NULL) AS taken,
            count(*) FILTER (WHERE visible > ?1 AND receipt IS NULL) AS delayed
     FROM messages WHERE queue = ?2`,
  );

  function take(max: number, hideFor: number): Received[] {
    const now = Date.now();
    const rows = visibleNow.all(name, now, max) as unknown as Row[];
    return rows.flatMap((row) => {
      if (row.sent < now - retention) {
        drop.run(row.id);
        return [];
      }
      if (maxReceiveCount && row.received >= maxReceiveCount) {
        move.run(nameIn(String(deadLetterTargetArn)), arn, now, row.id);
        arrivedAt(deadLetterTargetArn);
        return [];
      }
      const receipt = randomUUID();
      const firstReceived = row.first_received ?? now;
      hand.run(now + hideFor * 1000, firstReceived, receipt, row.id);
      return [received(row, receipt, firstReceived)];
    });
  }

  async function receive({
    max,
    wait,
    visibility: hideFor = visibility,
    signal,
  }: Parameters<Queue["receive"]>[0]) {
    const deadline = Date.now() + wait * 1000;
    for (;;) {
      if (signal?.aborted) return [];
      const messages = take(max, hideFor);
      const now = Date.now();
      if (messages.length > 0 || now >= deadline) return messages;
      const due = (nextVisible.get(name) as { at: number | null }).at ?? Number.POSITIVE_INFINITY;
      const pause = AbortSignal.timeout(Math.max(1, Math.min(due, deadline) - now));
      await once(arrivals, "arrived", { signal: signal ? AbortSignal.any([signal, pause]) : pause }).catch(
        () => {},
      );
    }
  }

  return {
    name,
    arn,
    arrived: () => arrivals.emit("arrived"),
    attributes() {
      const { ready, taken, delayed } = count.get(Date.now(), name) as Record<string, number>;
      return {
        QueueArn: arn,
        ApproximateNumberOfMessages: String(ready),
        ApproximateNumberOfMessagesNotVisible: String(taken),
        ApproximateNumberOfMessagesDelayed: String(delayed),
        VisibilityTimeout: String(visibility),
        ...(properties.RedrivePolicy && { RedrivePolicy: JSON.stringify(properties.RedrivePolicy) }),
      };
    },
    send(body: string, delay = properties.DelaySeconds ?? 0) {
      const id = randomUUID();
      const now = Date.now();
      insert.run(id, name, body, now, now + delay * 1000);
      arrivals.emit("arrived");
      return { MessageId: id, MD5OfMessageBody: md5(body) };
    },
    receive,
    remove: (receipt: string) => void dropReceipt.run(receipt, name),
    hide(receipt: string, seconds: number) {
      const now = Date.now();
      const { changes } = hideReceipt.run(now + seconds * 1000, receipt, name, now);
      arrivals.emit("arrived");
      return changes > 0;
    },
    purge: () => void store.prepare("DELETE FROM messages WHERE queue = ?").run(name),
    redrive(destination?: string) {
      const rows = store
        .prepare("SELECT id, source FROM messages WHERE queue = ?")
        .all(name) as unknown as Row[];
      for (const { id, source } of rows) {
        const target = destination ?? source;
        if (!target)
          throw new AwsError("InvalidParameterValue", 400, "A message has no source queue to go back to");
        move.run(nameIn(target), null, Date.now(), id);
        arrivedAt(target);
      }
      return rows.length;
    },
  };
}

function received(row: Row, receipt: string, firstReceived: number): Received {
  return {
    MessageId: row.id,
    ReceiptHandle: receipt,
    Body: row.body,
    MD5OfBody: md5(row.body),
    Attributes: {
      ApproximateReceiveCount: String(row.received + 1),
      ApproximateFirstReceiveTimestamp: String(firstReceived),
      SentTimestamp: String(row.sent),
      SenderId: region,
      ...(row.source && { DeadLetterQueueSourceArn: row.source }),
    },
  };
}
