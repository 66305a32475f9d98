import { once } from "node:events";
import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { openTable, type Table } from "../shared/data/table.ts";
import type { Operation } from "../shared/entry/definition.ts";
import { cloud } from "./cloud.ts";
import { handlerOf } from "./contract/inside.ts";
import { eventOf, type Known } from "./contract/subject.ts";
import { withTable } from "./in-process.ts";

/** The table behind an endpoint that throttles and loses answers, which DynamoDB Local never does. */
export interface ThrottledTable {
  readonly table: Table;
  /** The share of calls that are throttled, 0 to 1, by the action as DynamoDB names it. */
  throttle(share: number, action?: string): void;
  /** The share of calls that are done and whose answer is lost. */
  lose(share: number): void;
  /** How many calls were throttled so far. */
  readonly throttled: number;
  /** How many answers were lost so far. */
  readonly lost: number;
  close(): void;
}

interface Refusal {
  readonly status: number;
  readonly body: object;
}

// biome-ignore lint/suspicious/noExplicitAny: DynamoDB's JSON.
type Input = any;

const errorOf = (type: string, more: object = {}): Refusal => ({
  status: 400,
  body: { __type: `com.amazonaws.dynamodb.v20120810#${type}`, message: "Too much at once", ...more },
});

const anyCall = ["ThrottlingException", "ProvisionedThroughputExceededException", "RequestLimitExceeded"].map(
  (type) => () => errorOf(type),
);

/** A transaction is also cancelled, and a batch also answered without what it asked for. */
const ofAction: Readonly<Record<string, readonly ((input: Input) => Refusal)[]>> = {
  TransactWriteItems: ["ThrottlingError", "ProvisionedThroughputExceeded"].map(
    (reason) =>
      ({ TransactItems }: Input) =>
        errorOf("TransactionCanceledException", {
          CancellationReasons: TransactItems.map((_: unknown, at: number) => ({
            Code: at === 0 ? reason : "None",
          })),
        }),
  ),
  BatchGetItem: [
    ({ RequestItems }) => ({ status: 200, body: { Responses: {}, UnprocessedKeys: RequestItems } }),
  ],
};

/**
 * Opens the running cloud's table through an endpoint of its own. The SDK tries once, so that what is thrown is seen; or
 * as often as said.
 */
export async function throttledTable(maxAttempts = 1): Promise<ThrottledTable> {
  const { AWS_ENDPOINT_URL, AWS_REGION: region, ...keys } = cloud.environment;
  const limit = { share: 0, action: undefined as string | undefined };
  let losing = 0;
  let [calls, throttled, sent, lost] = [0, 0, 0, 0];
  const server = createServer(async (asked, response) => {
    const body = Buffer.concat(await asked.toArray());
    const action = String(asked.headers["x-amz-target"]).split(".").at(-1)!;
    const counts = limit.share > 0 && (limit.action === undefined || limit.action === action);
    // Steps of the golden ratio: any share, spread evenly, the same on every run.
    if (counts && (calls++ * 0.618034) % 1 < limit.share) {
      const kinds = [...anyCall, ...(ofAction[action] ?? [])];
      const { status, body: refusal } = kinds[throttled++ % kinds.length]!(JSON.parse(body.toString()));
      response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
      return void response.end(JSON.stringify(refusal));
    }
    const { method, headers, url = "" } = asked;
    const isLost = losing > 0 && (sent++ * 0.754878) % 1 < losing;
    send(AWS_ENDPOINT_URL + url, { method, headers }, (answer) => {
      if (isLost) {
        lost++;
        answer.resume().on("end", () => response.destroy());
        return;
      }
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    }).end(body);
  }).listen(0, "127.0.0.1");
  // A connection that idles stays: a call sent while it is closed would be an error that nothing throttled.
  server.keepAliveTimeout = 0;
  await once(server, "listening");
  const table = openTable(cloud.tableName, {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: region!,
    credentials: {
      accessKeyId: keys.AWS_ACCESS_KEY_ID!,
      secretAccessKey: keys.AWS_SECRET_ACCESS_KEY!,
      sessionToken: keys.AWS_SESSION_TOKEN!,
    },
    maxAttempts,
  });
  return {
    table,
    throttle: (share, action) => void Object.assign(limit, { share, action }),
    lose: (share) => {
      losing = share;
    },
    get lost() {
      return lost;
    },
    get throttled() {
      return throttled;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Calls an operation in this process, on the table behind that endpoint. */
export async function behind(
  throttled: ThrottledTable,
  operation: Operation,
  change: (table: Table) => Table = (table) => table,
) {
  const handler = await handlerOf(withTable(operation, () => change(throttled.table)));
  return (known: Known, body: object | undefined, idempotencyKey?: string) => {
    const said = { body: body ? JSON.stringify(body) : "", idempotencyKey, ifMatch: undefined };
    const contentType = operation.method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const request = { token: undefined, params: {}, query: {}, contentType, ...said };
    return handler(eventOf(operation, request, known));
  };
}
