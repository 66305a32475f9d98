import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { readAssembly, type Stack } from "./assembly.ts";
import { createAwsEndpoint } from "./aws-endpoint.ts";
import { openCheckpoints } from "./checkpoints.ts";
import { openData } from "./data.ts";
import { startDynamoDb } from "./dynamodb.ts";
import { createTables } from "./dynamodb-tables.ts";
import { startEventSources } from "./event-sources.ts";
import { createHttpApi } from "./http-api.ts";
import { adminPrincipal, credentialsOf, functionPrincipals, type Principal } from "./iam.ts";
import { named, region } from "./identities.ts";
import { createLambda, type Keeping } from "./lambda.ts";
import { openLogs, stopwatch } from "./logs.ts";
import { checkNotifications, notifyQueues, sendTestEvents } from "./notifications.ts";
import { openOutbox } from "./outbox.ts";
import { openQueues } from "./queues.ts";
import { openS3 } from "./s3.ts";
import { createSchedules } from "./schedules.ts";
import { openSecrets } from "./secrets.ts";
import { serveLocally } from "./serve-locally.ts";
import { type Resource, resolveStacks } from "./templates.ts";

/** A running local cloud. */
export interface Cloud {
  /** The HTTP API's address. */
  readonly url: string;
  /** AWS_* variables with which an SDK in a script or a test speaks to the cloud as its administrator. */
  readonly environment: Readonly<Record<string, string>>;
  /** The name (for a queue: the URL) of the one resource of a type whose logical id starts so; throws unless it is one. */
  resource(type: string, logicalId?: string): string;
  /** Fires the schedule that a word names (its rule or function, or an unambiguous part); throws when that fails. */
  fire(schedule: string): Promise<void>;
  /** Runs the buckets' lifecycle rules as of a moment; they run by themselves at the start and once a day. */
  runLifecycle(now: Date): void;
  /** Invokes a function; throws FunctionError when it does not return. */
  invoke(functionName: string, event: unknown): Promise<unknown>;
  /** Kills (SIGKILL) the running processes of the function that a word names, as a crash does; answers how many. */
  kill(functionName: string): number;
  stop(): Promise<void>;
}

/**
 * Runs the stacks of a synthesised assembly on this machine, with everything that outlives a run in the folder `data`.
 * `atRest` nothing runs by itself: no queue, no stream, no schedule. Port 0 takes a free one. `prepare` is done before
 * the API answers: who calls earlier waits. Throws one line that says what to do when it cannot start.
 */
export async function startCloud({
  assembly,
  data,
  port,
  log = console.error,
  prepare = async () => {},
  keeping,
  atRest = false,
}: {
  assembly: string;
  data: string;
  port: number;
  log?: (line: string) => void;
  prepare?: (cloud: Cloud) => Promise<void>;
  keeping?: Keeping;
  atRest?: boolean;
}): Promise<Cloud> {
  await using started = new AsyncDisposableStack();
  const stacks = readAssembly(assembly);
  const step = stopwatch(log);
  const store = openData(data, log);
  started.defer(() => store.close());

  const open = Promise.withResolvers<RequestListener>();
  const api = createServer(
    keepAlive,
    (request, response) => void open.promise.then((serve) => serve(request, response)),
  );
  const url = await listen(api, port);
  started.defer(() => close(api));
  const awsServer = createServer(keepAlive);
  const aws = await listen(awsServer, 0);
  started.defer(() => close(awsServer));

  const resources = resolveStacks(stacks, { api: url, aws });
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  checkNotifications(resources);
  const admin = adminPrincipal();
  const principals = functionPrincipals(resources);
  const logs = openLogs(join(data, "logs"));
  started.defer(() => logs.close());

  const outbox = openOutbox(store);
  const queues = openQueues(store, ofType("AWS::SQS::Queue"));
  const secrets = openSecrets(join(data, "secrets.json"), ofType("AWS::SecretsManager::Secret"));
  const buckets = ofType("AWS::S3::Bucket");
  const s3 = openS3(store, join(data, "s3"), buckets, (event) => notifyQueues(buckets, queues, event));
  for (const bucket of buckets) if (s3.created.includes(bucket.name)) sendTestEvents(bucket, queues);
  s3.runLifecycle(new Date());
  const daily = setInterval(() => s3.runLifecycle(new Date()), 86_400_000);
  started.defer(() => clearInterval(daily));
  step("Read the stacks");
  const dynamo = await startDynamoDb(join(data, "dynamodb"), log);
  started.defer(() => dynamo.stop());
  await createTables(dynamo, join(data, "dynamodb"), ofType("AWS::DynamoDB::GlobalTable"));
  step("Started DynamoDB Local");
  const awsEndpoint = createAwsEndpoint([admin, ...principals.values()], {
    ...{ dynamo, s3, queues, secrets, outbox },
  });
  awsServer.on("request", awsEndpoint);

  const runnables = ofType("AWS::Lambda::Function").map((resource) => {
    const environment = environmentOf(principals.get(resource.name)!);
    return { resource, folder: codeOf(resource, stacks), environment };
  });
  const lambda = createLambda(runnables, logs, keeping);
  const schedules = createSchedules(resources, lambda, log);
  const serve = createHttpApi(resources, lambda);
  const checkpoints = openCheckpoints(store);
  const stopSources = startEventSources(atRest ? [] : resources, {
    dynamo,
    lambda,
    queues,
    checkpoints,
    principals,
    aws,
    log,
  });
  started.defer(async () => {
    // The sources first, or they would take messages that nobody answers for any more.
    const stopped = stopSources();
    await lambda.stop();
    await stopped;
  });
  if (!atRest) started.use(schedules.start());

  const cloud: Cloud = {
    url,
    environment: environmentOf(admin),
    resource: (type, logicalId) => theOne(resources, type, logicalId),
    fire: schedules.fire,
    runLifecycle: s3.runLifecycle,
    invoke: lambda.invoke,
    kill: (word) => lambda.kill(named([...principals.keys()], (name) => [name], word)),
    stop: () => running.disposeAsync(),
  };
  await prepare(cloud);
  step("Prepared the data");
  open.resolve(async (request, response) => {
    try {
      if (!(await serveLocally(request, response, { schedules, outbox }))) await serve(request, response);
    } catch {
      if (response.headersSent) return response.destroy();
      response.writeHead(500, { "content-type": "application/json" });
      response.end(JSON.stringify({ message: "Internal Server Error" }));
    }
  });

  const running = started.move();
  return cloud;

  function environmentOf(principal: Principal) {
    return { ...credentialsOf(principal), AWS_ENDPOINT_URL: aws, AWS_REGION: region };
  }
}

/** Of servers: clients keep their connections; closing one that they are about to use would cost a retry. */
export const keepAlive = { keepAliveTimeout: 600_000 };

/** The folder of a function's code. */
function codeOf({ stack, logicalId, properties }: Resource, stacks: readonly Stack[]): string {
  const folder = stacks.find(({ name }) => name === stack)!.assets.get(properties.Code?.S3Key);
  if (!folder) throw new Error(`${logicalId}: its code is no asset of the assembly`);
  return folder;
}

/** Listens on this machine alone and answers the address; throws one line when the port is taken. */
export async function listen(server: Server, port: number): Promise<string> {
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new Error(`Port ${port} is in use: choose another with --port`);
  }
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Closes a server and whatever still talks to it. */
export async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
}

function theOne(resources: readonly Resource[], type: string, logicalId = ""): string {
  const found = resources.filter(
    (resource) => resource.type === type && resource.logicalId.startsWith(logicalId),
  );
  if (found.length !== 1)
    throw new Error(`${found.length} resources of type ${type} are called ${logicalId}*: say which`);
  return type === "AWS::SQS::Queue" ? found[0]!.ref : found[0]!.name;
}
