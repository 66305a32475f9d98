/**
 * One execution environment of one function, as a child process: `lambda-worker.ts <asset folder> <handler>`. Imports
 * the bundle once (INIT), then answers one event at a time over the IPC channel.
 */
import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** One event for a worker; `deadline` in epoch milliseconds. */
export interface Invocation {
  readonly event: unknown;
  readonly requestId: string;
  readonly deadline: number;
  readonly functionArn: string;
}

/** What a worker says: that it is ready, an invocation's result as JSON, or an error (of INIT before `ready`). */
export type Said =
  | { readonly ready: true }
  | { readonly result: string }
  | { readonly error: { readonly type: string; readonly message: string; readonly stack: string } };

type Handler = (event: unknown, context: object) => Promise<unknown>;

const [folder = "", handlerName = ""] = process.argv.slice(2);
const say = (said: Said) => process.send!(said);

// Ctrl-C reaches the whole process group: the parent decides when a worker ends, and its own end is ours.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());

// Native packages in the asset are built for Lambda's processor: what the bundle imports by name comes from this
// project, built for this machine.
const inAsset = pathToFileURL(join(folder, "/")).href;
registerHooks({
  resolve(specifier, context, next) {
    if (!context.parentURL?.startsWith(inAsset) || /^(\.|\/|node:|file:)/.test(specifier))
      return next(specifier, context);
    try {
      return next(specifier, { ...context, parentURL: import.meta.url });
    } catch {
      return next(specifier, context);
    }
  },
});

try {
  const handler = await load();
  process.on("message", (invocation: Invocation) => run(handler, invocation));
  say({ ready: true });
} catch (error) {
  say(described(error));
}

async function load(): Promise<Handler> {
  const [file, name] = handlerName.split(".");
  const path = ["mjs", "js", "cjs"].map((ending) => join(folder, `${file}.${ending}`)).find(existsSync);
  if (!path) throw new Error(`No ${file}.mjs or ${file}.js in ${folder}`);
  const handler = (await import(pathToFileURL(path).href))[name!];
  if (typeof handler !== "function") throw new Error(`${handlerName} is not a function`);
  return handler;
}

async function run(handler: Handler, { event, requestId, deadline, functionArn }: Invocation) {
  const context = {
    awsRequestId: requestId,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: "$LATEST",
    invokedFunctionArn: functionArn,
    memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: process.env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: "local",
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
  try {
    say({ result: JSON.stringify(await handler(event, context)) ?? "null" });
  } catch (error) {
    say(described(error));
  }
}

function described(error: unknown): Said {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { error: { type: name, message, stack: stack ?? "" } };
}
