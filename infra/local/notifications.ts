import { randomUUID } from "node:crypto";
import { serviceMaySend } from "./iam.ts";
import { account, region } from "./identities.ts";
import type { Queues } from "./queues.ts";
import type { ObjectEvent } from "./s3-bucket.ts";
import type { Resource } from "./templates.ts";

interface QueueConfiguration {
  readonly Event: string;
  readonly Queue: string;
  readonly Filter?: { readonly S3Key: { readonly Rules: readonly { Name: string; Value: string }[] } };
}

const configurationsOf = (bucket: Resource): QueueConfiguration[] => {
  const { QueueConfigurations = [], ...others } = bucket.properties.NotificationConfiguration ?? {};
  const [unknown] = Object.keys(others);
  if (unknown) throw new Error(`${bucket.logicalId}: the local cloud notifies queues only, not ${unknown}`);
  return QueueConfigurations;
};

/** Throws, as the deployment would, when a bucket may not send to a queue that it is to notify. */
export function checkNotifications(resources: readonly Resource[]): void {
  for (const bucket of resources.filter(({ type }) => type === "AWS::S3::Bucket"))
    for (const { Queue } of configurationsOf(bucket)) {
      const queue = resources.find(({ type, arn }) => type === "AWS::SQS::Queue" && arn === Queue);
      if (!queue || !serviceMaySend(resources, queue, "s3.amazonaws.com", bucket.arn))
        throw new Error(`${bucket.logicalId}: no queue policy lets the bucket send to ${Queue}`);
    }
}

/** What S3 tells a queue once, when the notification is set up. Workers meet it on the day of their first deployment. */
export function sendTestEvents(bucket: Resource, queues: Queues): void {
  const test = {
    Service: "Amazon S3",
    Event: "s3:TestEvent",
    Time: new Date().toISOString(),
    Bucket: bucket.name,
  };
  for (const { Queue } of configurationsOf(bucket)) queues.byArn.get(Queue)!.send(JSON.stringify(test));
}

/** Sends an object's event to the queues whose configuration wants it. */
export function notifyQueues(buckets: readonly Resource[], queues: Queues, event: ObjectEvent): void {
  const bucket = buckets.find(({ name }) => name === event.bucket)!;
  for (const configuration of configurationsOf(bucket)) {
    const wanted = configuration.Event.replace(/^s3:/, "").replace("*", "");
    const rules = configuration.Filter?.S3Key.Rules ?? [];
    const fits = rules.every(({ Name, Value }) =>
      Name.toLowerCase() === "prefix" ? event.key.startsWith(Value) : event.key.endsWith(Value),
    );
    if (fits && event.name.startsWith(wanted))
      queues.byArn.get(configuration.Queue)!.send(JSON.stringify({ Records: [recordOf(bucket, event)] }));
  }
}

let sequence = 0n;

function recordOf(bucket: Resource, { name, key, bucket: _, ...object }: ObjectEvent) {
  sequence += 1n;
  return {
    eventVersion: "2.1",
    eventSource: "aws:s3",
    awsRegion: region,
    eventTime: new Date().toISOString(),
    eventName: name,
    userIdentity: { principalId: `AWS:${account}` },
    requestParameters: { sourceIPAddress: "127.0.0.1" },
    responseElements: { "x-amz-request-id": randomUUID(), "x-amz-id-2": randomUUID() },
    s3: {
      s3SchemaVersion: "1.0",
      configurationId: bucket.logicalId,
      bucket: { name: bucket.name, ownerIdentity: { principalId: account }, arn: bucket.arn },
      object: {
        key: encodeURIComponent(key).replaceAll("%20", "+").replaceAll("%2F", "/"),
        ...object,
        sequencer: (BigInt(Date.now()) * 1_000_000n + sequence).toString(16).toUpperCase(),
      },
    },
  };
}
