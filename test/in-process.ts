import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { areas } from "../functions/index.ts";
import { assistantTools } from "../infra/documents/tools.ts";
import { setTools } from "../shared/ai/tools.ts";
import { withPuts } from "../shared/data/batched-puts.ts";
import { type Grant, type QueueName, queues, variable } from "../shared/data/grant.ts";
import { type Table, tableFor, type Write } from "../shared/data/table.ts";
import type { Operation } from "../shared/entry/definition.ts";
import { httpHandler } from "../shared/entry/http.ts";
import { cloud } from "./cloud.ts";

Object.assign(process.env, cloud.environment, {
  [variable({ kind: "table" })]: cloud.tableName,
  [variable({ kind: "bucket", prefix: "media" })]: cloud.bucketName,
  [variable({ kind: "secret", name: "signing" })]: cloud.signingSecret,
  [variable({ kind: "mail" })]: "no-reply@gable.example",
  [variable({ kind: "app" })]: cloud.url,
  [variable({ kind: "secret", name: "checkpoints" })]: cloud.checkpointSecret,
  [variable({ kind: "secret", name: "assistant" })]: cloud.assistantSecret,
  [variable({ kind: "secret", name: "openai" })]: cloud.openaiSecret,
  [variable({ kind: "api" })]: cloud.url,
  ...Object.fromEntries(
    (Object.keys(queues) as QueueName[]).map((name) => [
      variable({ kind: "queue", name }),
      cloud.queueUrls[name],
    ]),
  ),
});

setTools(assistantTools(areas));

/** The table of the running cloud, as its administrator. */
export const table = withPuts(
  tableFor(
    ...(["GetItem", "BatchGetItem", "Query"] as const),
    ...(["PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem"] as const),
  ),
).open(cloud.tableName);

/**
 * Runs an operation in this process against the running cloud, so that a test can take a control out of it and see
 * that its check then fails. Answers status, headers and body.
 */
export async function inProcess(operation: Operation) {
  const handler = await httpHandler(operation);
  return async (
    request: {
      token?: string;
      body?: unknown;
      params?: Record<string, string>;
      query?: Record<string, string>;
      /** The operation's own, with its parameters unfilled, unless said. */
      path?: string;
      headers?: Record<string, string>;
      address?: string;
      /** When it reaches the gateway. */
      now?: Date;
      /** For how many milliseconds Lambda lets it run; as long as it takes unless said. */
      left?: number;
    } = {},
    // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects.
  ): Promise<{ status: number; headers: Headers; body: any }> => {
    const headers = {
      "content-type": "application/json",
      ...(request.token && { authorization: `Bearer ${request.token}` }),
      ...request.headers,
    };
    const path = request.path ?? operation.path;
    const http = {
      method: operation.method,
      path,
      sourceIp: request.address ?? "10.9.9.9",
      userAgent: request.headers?.["user-agent"],
    };
    const event = {
      headers,
      pathParameters: request.params,
      queryStringParameters: request.query,
      body: request.body === undefined ? undefined : JSON.stringify(request.body),
      requestContext: {
        http,
        domainName: "in-process.example",
        timeEpoch: Number(request.now ?? new Date()),
      },
    } as unknown as APIGatewayProxyEventV2;
    const { left } = request;
    const timed = left === undefined ? {} : { getRemainingTimeInMillis: () => left };
    const answer = await handler(event, { awsRequestId: "in-process", ...timed } as Context);
    const isJson = String(answer.headers?.["content-type"]).includes("json");
    const answered = new Headers(answer.headers as Record<string, string>);
    return {
      status: answer.statusCode!,
      headers: answered,
      body: isJson ? JSON.parse(answer.body!) : answer.body,
    };
  };
}

/** The operation with another table: what `change` makes of the real one. */
export function withTable<O extends Operation>(operation: O, change: (table: Table) => Table): O {
  const grant = operation.access.table as Grant<Table>;
  const changed: Grant<Table> = { ...grant, open: (name) => change(grant.open(name)) };
  return { ...operation, access: { ...operation.access, table: changed } };
}

/** A table that writes whatever its conditions say. */
export const unconditional = (table: Table): Table => ({
  ...table,
  commit: (writes) => table.commit(writes.map(always)),
});

function always(write: Write): Write {
  const open = <T extends { ConditionExpression?: string | undefined }>(input: T): T =>
    input.ConditionExpression === undefined
      ? input
      : {
          ...input,
          ConditionExpression: `(${input.ConditionExpression}) OR attribute_exists(pk) OR attribute_not_exists(pk)`,
        };
  if ("Put" in write) return { ...write, Put: open(write.Put) };
  if ("Update" in write) return { ...write, Update: open(write.Update) };
  if ("Delete" in write) return { ...write, Delete: open(write.Delete) };
  return write;
}
