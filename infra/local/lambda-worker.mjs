/**
 * One execution environment of one function, as a child process: `lambda-worker.mjs <asset folder> <handler>`. Imports
 * the bundle once (INIT), then answers one event at a time over the IPC channel. In JavaScript: each process would load
 * what strips TypeScript of its types, 12 MB.
 */
import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** @import { Invocation, Said } from "./lambda.ts" */

const [folder = "", handlerName = ""] = process.argv.slice(2);

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
  process.on("message", (/** @type {Invocation} */ invocation) => run(handler, invocation));
  say({ ready: true });
} catch (error) {
  say(described(error));
}

/** @returns {Promise<(event: unknown, context: object) => Promise<unknown>>} */
async function load() {
  const [file, name = ""] = handlerName.split(".");
  const path = ["mjs", "js", "cjs"].map((ending) => join(folder, `${file}.${ending}`)).find(existsSync);
  if (!path) throw new Error(`No ${file}.mjs or ${file}.js in ${folder}`);
  const handler = (await import(pathToFileURL(path).href))[name];
  if (typeof handler !== "function") throw new Error(`${handlerName} is not a function`);
  return handler;
}

/** @type {(handler: Awaited<ReturnType<typeof load>>, invocation: Invocation) => Promise<void>} */
async function run(handler, { event, requestId, deadline, functionArn }) {
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

/** @type {(error: unknown) => Said} */
function described(error) {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { error: { type: name, message, stack: stack ?? "" } };
}

/** @param {Said} said */
function say(said) {
  process.send?.(said);
}
