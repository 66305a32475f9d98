import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import type { Checkpoints } from "./checkpoints.ts";
import type { DynamoDb } from "./dynamodb.ts";
import { eventFilter } from "./event-filter.ts";
import type { Principal } from "./iam.ts";
import { nameIn, region } from "./identities.ts";
import type { Lambda } from "./lambda.ts";
import { followQueue, queueSourceActions } from "./queue-source.ts";
import type { Queues } from "./queues.ts";
import { followStream, streamSourceActions } from "./stream-source.ts";
import type { Resource } from "./templates.ts";

/** What event source mappings work with. */
export interface EventSourceParts {
  readonly dynamo: DynamoDb;
  readonly lambda: Lambda;
  readonly queues: Queues;
  readonly checkpoints: Checkpoints;
  /** Each function's principal by name: a mapping reads with its function's permissions. */
  readonly principals: ReadonlyMap<string, Principal>;
  /** Address of the AWS services. */
  readonly aws: string;
  readonly log: (line: string) => void;
}

/** Starts every event source mapping of the templates; answers what stops them and waits for the last batch. */
export function startEventSources(
  resources: readonly Resource[],
  parts: EventSourceParts,
): () => Promise<void> {
  const { dynamo, lambda, queues, checkpoints, principals, aws, log } = parts;
  const stopping = new AbortController();
  const running = resources
    .filter(
      ({ type, properties }) => type === "AWS::Lambda::EventSourceMapping" && properties.Enabled !== false,
    )
    .map((mapping) => start(mapping).catch((error) => log(`${mapping.logicalId} stopped: ${error.message}`)));

  return async () => {
    stopping.abort();
    await Promise.all(running);
  };

  async function start(mapping: Resource): Promise<void> {
    const { EventSourceArn, FunctionName, FilterCriteria, DestinationConfig } = mapping.properties;
    const principal = principals.get(nameIn(FunctionName))!;
    const queue = queues.byArn.get(EventSourceArn);
    const mustAllow = (action: string, resource: string) => {
      if (!principal.allows(action, resource)) throw new Error(`its role lacks ${action} on ${resource}`);
    };
    for (const action of queue ? queueSourceActions : streamSourceActions) mustAllow(action, EventSourceArn);
    if (queue && FilterCriteria) throw new Error("the local cloud filters no queues");
    if (queue) return followQueue(mapping, queue, lambda, stopping.signal);

    const table = resources.find(({ attributes }) => attributes.StreamArn === EventSourceArn);
    if (!table) throw new Error(`no template has ${EventSourceArn}`);
    const destination: string | undefined = DestinationConfig?.OnFailure?.Destination;
    if (destination && !destination.startsWith("arn:aws:s3:::"))
      throw new Error("the local cloud sets a stream's records aside in a bucket only");
    if (destination) {
      mustAllow("s3:ListBucket", destination);
      mustAllow("s3:PutObject", `${destination}/aws/lambda/${mapping.name}`);
    }
    const client = s3As(principal);
    const setAside = async (Key: string, Body: string) => {
      const Bucket = destination?.replace("arn:aws:s3:::", "");
      const put = new PutObjectCommand({ Bucket, Key, Body, ContentType: "application/json" });
      // As in AWS, what its destination does not take is lost.
      await client.send(put).catch((error) => log(`${mapping.logicalId} dropped records: ${error.message}`));
    };
    return followStream(mapping, table.name, {
      dynamo,
      lambda,
      checkpoints,
      filter: eventFilter(FilterCriteria),
      setAside,
      signal: stopping.signal,
    });
  }

  /** Lambda puts what it sets aside with the rights of the function. */
  function s3As({ accessKeyId, secretAccessKey, sessionToken }: Principal): S3Client {
    const credentials = { accessKeyId, secretAccessKey, sessionToken };
    return new S3Client({ endpoint: aws, region, forcePathStyle: true, credentials });
  }
}
