import { allBrokerages } from "../../shared/data/brokerages.ts";
import { failCma, type StoredCma } from "../../shared/data/cmas.ts";
import { type Import, importItem } from "../../shared/data/imports.ts";
import { mediaItem, type StoredMedia } from "../../shared/data/media.ts";
import { change, type Entity, nextVersion, replace, type Stored } from "../../shared/data/records.ts";
import { type Item, type Table, tableFor, type Write } from "../../shared/data/table.ts";
import { moveTask } from "../../shared/data/tasks.ts";
import type { Invocation, Written } from "../../shared/domain/invocation.ts";
import type { Rejection } from "../../shared/domain/media.ts";
import { schedule } from "../../shared/entry/definition.ts";
import { errorFields, log } from "../../shared/entry/log.ts";

/** A status that nobody may stay in, unchanged, for longer; and how it ends. */
interface Rule {
  readonly entity: Entity;
  readonly status: string;
  readonly minutes: number;
  end(record: Stored, now: Date, written: Written): readonly Write[];
}

const hour = 60;
/** Beyond what all deliveries of a job take: whoever had it is gone, and its message set aside. */
const abandoned = 6 * hour;

const rules: readonly Rule[] = [
  { entity: "media", status: "awaiting_upload", minutes: hour, end: reject("upload_expired") },
  { entity: "media", status: "processing", minutes: abandoned, end: reject("processing_failed") },
  {
    entity: "import",
    status: "awaiting_upload",
    minutes: hour,
    end: failImport("Nothing was uploaded in time"),
  },
  {
    entity: "import",
    status: "processing",
    minutes: abandoned,
    end: failImport("It was not worked off in time"),
  },
  {
    entity: "import",
    status: "undoing",
    minutes: abandoned,
    end: failImport("The undo did not end in time"),
  },
  { entity: "cma", status: "queued", minutes: abandoned, end: failAnalysis },
  { entity: "cma", status: "processing", minutes: abandoned, end: failAnalysis },
];

function reject(reason: Rejection): Rule["end"] {
  return (record, now, written) => [
    replace(mediaItem(nextVersion(record as StoredMedia, { status: "rejected", reason }, now, written))),
  ];
}

function failImport(reason: string): Rule["end"] {
  return (record, now, written) => {
    const job = record as Import;
    const failed = { status: "failed", reason, completed_at: now.toISOString() } as const;
    return [
      replace(importItem(nextVersion(job, failed, now, written))),
      moveTask(job.brokerage_id, job.task_id, { status: "failed", progress: job.progress }, now, written),
    ];
  };
}

function failAnalysis(record: Stored, now: Date, written: Written): readonly Write[] {
  return [failCma(record as StoredCma, "The analysis was not worked off in time", now, written)];
}

/** Unfinished records that one run ends, at most, of a kind in a brokerage; the rest is for the next run. */
const perRun = 100;
/** Brokerages looked at side by side. */
const atOnce = 8;

export const expireUnfinished = schedule({
  id: "expireUnfinished",
  summary: "End uploads that never came and jobs that nobody finishes",
  impact: "Uploads that never came and jobs that died stay unfinished for ever.",
  everyMinutes: 15,
  timeout: 300,
  access: { table: tableFor("GetItem", "Query", "PutItem", "UpdateItem") },
  async run({ table, ...invocation }) {
    const brokerages = allBrokerages(table);
    // What cannot be ended must not keep the rest from its end.
    let stuck = 0;
    const fail = (rule: Rule, error: unknown) => {
      stuck++;
      log("record_stuck", { entity: rule.entity, status: rule.status, ...errorFields(error) });
    };
    const walk = async () => {
      for await (const brokerageId of brokerages)
        for (const rule of rules)
          await expire(table, brokerageId, rule, invocation).catch((error) => fail(rule, error));
    };
    await Promise.all(Array.from({ length: atOnce }, walk));
    if (stuck > 0) throw new Error(`Unfinished records of ${stuck} kinds and brokerages could not be ended`);
  },
});

async function expire(table: Table, brokerageId: string, rule: Rule, { now, written }: Invocation) {
  const { entity, status, minutes, end } = rule;
  const before = new Date(now.getTime() - minutes * 60_000).toISOString();
  const { items } = await table.query({
    IndexName: "status_newest",
    KeyConditionExpression:
      "brokerage_id = :brokerage AND entity = :entity AND #status = :status AND created_at < :before",
    ExpressionAttributeNames: { "#status": "status" },
    ExpressionAttributeValues: {
      ":brokerage": brokerageId,
      ":entity": entity,
      ":status": status,
      ":before": before,
    },
    Limit: perRun,
  });
  for (const item of items)
    await change<Stored & { status: string }>(table, item as Item, (record) =>
      record.status === status && record.updated_at < before ? end(record, now, written) : undefined,
    );
}
