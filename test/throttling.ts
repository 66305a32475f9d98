import { once } from "node:events";
import { createServer, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { openTable, type Table } from "../shared/data/table.ts";
import { cloud } from "./cloud.ts";

/** The table behind an endpoint that throttles, which DynamoDB Local never does. */
export interface ThrottledTable {
  readonly table: Table;
  /** The share of calls that are throttled, 0 to 1, by the action as DynamoDB names it. */
  throttle(share: number, action?: string): void;
  /** How many calls were throttled so far. */
  readonly throttled: number;
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

/** Opens the running cloud's table through an endpoint of its own. The SDK tries once: what is thrown is seen. */
export async function throttledTable(): Promise<ThrottledTable> {
  const { AWS_ENDPOINT_URL, AWS_REGION: region, ...keys } = cloud.environment;
  const limit = { share: 0, action: undefined as string | undefined };
  let [calls, throttled] = [0, 0];
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
    send(AWS_ENDPOINT_URL + url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    }).end(body);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const table = openTable(cloud.tableName, {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: region!,
    credentials: {
      accessKeyId: keys.AWS_ACCESS_KEY_ID!,
      secretAccessKey: keys.AWS_SECRET_ACCESS_KEY!,
      sessionToken: keys.AWS_SESSION_TOKEN!,
    },
    maxAttempts: 1,
  });
  return {
    table,
    throttle: (share, action) => void Object.assign(limit, { share, action }),
    get throttled() {
      return throttled;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
