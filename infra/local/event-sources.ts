import type { Checkpoints } from "./checkpoints.ts";
import type { DynamoDb } from "./dynamodb.ts";
import type { Principal } from "./iam.ts";
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
  readonly log: (line: string) => void;
}

/** Starts every event source mapping of the templates; answers what stops them and waits for the last batch. */
export function startEventSources(
  resources: readonly Resource[],
  parts: EventSourceParts,
): () => Promise<void> {
  const { dynamo, lambda, queues, checkpoints, principals, log } = parts;
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
    if (FilterCriteria) throw new Error("the local cloud knows no filters of event sources");
    const principal = principals.get(FunctionName.split(":").at(-1))!;
    const queue = queues.byArn.get(EventSourceArn);
    for (const action of queue ? queueSourceActions : streamSourceActions)
      if (!principal.allows(action, EventSourceArn))
        throw new Error(`its role lacks ${action} on ${EventSourceArn}`);
    if (queue) return followQueue(mapping, queue, lambda, stopping.signal);

    const table = resources.find(({ attributes }) => attributes.StreamArn === EventSourceArn);
    if (!table) throw new Error(`no template has ${EventSourceArn}`);
    const destination = DestinationConfig?.OnFailure?.Destination;
    if (destination && !principal.allows("sqs:SendMessage", destination))
      throw new Error(`its role lacks sqs:SendMessage on ${destination}`);
    const setAside = (message: string) => void queues.byArn.get(destination)?.send(message);
    return followStream(mapping, table.name, {
      dynamo,
      lambda,
      checkpoints,
      setAside,
      signal: stopping.signal,
    });
  }
}
