import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { region } from "./identities.ts";
import type { Logs } from "./logs.ts";
import type { Resource } from "./templates.ts";

/** A function's invocation that did not return: it threw, timed out, crashed or answered too much. */
export class FunctionError extends Error {
  constructor(type: string, message: string, stack?: string) {
    super(message);
    this.name = type;
    if (stack) this.stack = stack;
  }
}

/** A function to run: its resource, the folder of its code, and the variables beside its own (credentials, endpoint). */
export interface Runnable {
  readonly resource: Resource;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** One event for a worker; `deadline` in epoch milliseconds. */
export interface Invocation {
  readonly event: unknown;
  readonly requestId: string;
  readonly deadline: number;
  readonly functionArn: string;
}

/** A message from a worker: ready, an invocation's result as JSON, or an error (of INIT before `ready`). */
export type Said =
  | { readonly ready: true }
  | { readonly result: string }
  | { readonly error: { readonly type: string; readonly message: string; readonly stack: string } };

/** Runs functions by name. */
export interface Lambda {
  /** Resolves with what the handler returned; throws FunctionError. Waits while all environments are busy. */
  invoke(name: string, event: unknown): Promise<unknown>;
  /** Kills the function's running environments with SIGKILL; answers how many there were. */
  kill(name: string): number;
  stop(): Promise<void>;
}

interface Job {
  readonly event: unknown;
  readonly requestId: string;
  /** Whether it has waited for a busy environment for long enough. */
  isUrgent: boolean;
  /** Makes it urgent. */
  timer?: NodeJS.Timeout;
  resolve(result: unknown): void;
  reject(error: FunctionError): void;
}

interface Environment {
  readonly process: ChildProcess;
  state: "starting" | "idle" | "busy";
  /** When that began, in epoch milliseconds. */
  since: number;
  job?: Job | undefined;
  /** Ends an INIT or an invocation that takes too long. */
  timer?: NodeJS.Timeout;
}

interface Pool extends Runnable {
  readonly environments: Set<Environment>;
  readonly waiting: Job[];
}

// A laptop has fewer cores than Lambda has machines: more processes than this only take turns.
const perFunction = Math.min(4, Math.max(2, availableParallelism()));
// In milliseconds: a busy process is free again sooner than another one is ready.
const patience = 100;
const initTimeout = 30_000;
const largestPayload = 6 * 1024 * 1024;

/** How long an idle process is kept, in milliseconds, and how many there are at most. */
export interface Keeping {
  readonly idleTimeout: number;
  readonly most: number;
}

/**
 * Starts no process until a function is called. Ends one that has been idle for too long, and the longest idle one when
 * there are too many.
 */
export function createLambda(
  runnables: readonly Runnable[],
  logs: Logs,
  { idleTimeout, most }: Keeping = { idleTimeout: 30_000, most: 32 },
): Lambda {
  const pools = new Map(
    runnables.map((each): [string, Pool] => [
      each.resource.name,
      { ...each, environments: new Set(), waiting: [] },
    ]),
  );
  const all = () =>
    [...pools.values()].flatMap((pool) =>
      [...pool.environments].map((environment) => ({ pool, environment })),
    );
  const idle = () => all().filter(({ environment }) => environment.state === "idle");
  let stopped = false;
  const sweep = setInterval(() => {
    for (const { pool, environment } of idle())
      if (Date.now() - environment.since > idleTimeout) end(pool, environment);
  }, idleTimeout / 3).unref();

  function invoke(name: string, event: unknown): Promise<unknown> {
    const pool = pools.get(name);
    if (!pool || stopped)
      return Promise.reject(new FunctionError("ResourceNotFound", `No function ${name} is running`));
    return new Promise((resolve, reject) => {
      const job = { event, requestId: randomUUID(), isUrgent: false, resolve, reject };
      pool.waiting.push(job);
      serve(pool);
      if (pool.waiting.includes(job)) bePatient(pool, job);
    });
  }

  /** A job becomes urgent when it has waited for so long from now on. */
  function bePatient(pool: Pool, job: Job) {
    clearTimeout(job.timer);
    job.isUrgent = false;
    job.timer = setTimeout(() => {
      job.isUrgent = true;
      serve(pool);
    }, patience);
  }

  /** Gives waiting jobs to idle environments, and starts as many more as may run. */
  function serve(pool: Pool) {
    const inState = (state: Environment["state"]) =>
      [...pool.environments].filter((each) => each.state === state);
    for (const environment of inState("idle")) {
      const job = pool.waiting.shift();
      if (!job) return;
      dispatch(pool, environment, job);
    }
    const limit = pool.resource.properties.ReservedConcurrentExecutions ?? perFunction;
    const { size } = pool.environments;
    const starting = inState("starting").length;
    const urgent = pool.waiting.filter(({ isUrgent }) => isUrgent).length;
    // The first is waited for: two that start together are ready no sooner than one that then answers both.
    const wanted = Math.min(limit, Math.max(1, starting < size ? size + urgent - starting : size));
    while (pool.waiting.length > 0 && pool.environments.size < wanted && makeRoom()) start(pool);
  }

  function serveAll() {
    if (!stopped) for (const pool of pools.values()) if (pool.waiting.length > 0) serve(pool);
  }

  function makeRoom(): boolean {
    if (all().length < most) return true;
    const [oldest] = idle().sort((a, b) => a.environment.since - b.environment.since);
    if (oldest) end(oldest.pool, oldest.environment);
    return oldest !== undefined;
  }

  function start(pool: Pool) {
    const { resource, folder } = pool;
    const { MemorySize = 128, Handler } = resource.properties;
    const child = fork(join(import.meta.dirname, "lambda-worker.mjs"), [folder, Handler], {
      env: environmentOf(pool),
      execArgv: [`--max-old-space-size=${Math.max(192, MemorySize)}`],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    logs.follow(resource.name, child.stdout!);
    logs.follow(resource.name, child.stderr!);
    const environment: Environment = { process: child, state: "starting", since: Date.now() };
    pool.environments.add(environment);
    endAfter(initTimeout, pool, environment);
    child.on("message", (said: Said) => hear(pool, environment, said));
    child.once("exit", (code, signal) => {
      end(pool, environment, exited(signal ?? code));
      serveAll();
    });
  }

  function dispatch(pool: Pool, environment: Environment, job: Job) {
    const { arn, properties } = pool.resource;
    const timeout = (properties.Timeout ?? 3) * 1000;
    Object.assign(environment, { state: "busy", since: Date.now(), job });
    endAfter(timeout, pool, environment);
    const { event, requestId } = job;
    const invocation: Invocation = { event, requestId, deadline: Date.now() + timeout, functionArn: arn };
    // A process that has just died refuses the message; its exit fails the job.
    environment.process.send(invocation, () => {});
  }

  function hear(pool: Pool, environment: Environment, said: Said) {
    if ("error" in said) {
      const error = new FunctionError(said.error.type, said.error.message, said.error.stack);
      if (environment.state === "starting") return end(pool, environment, error);
      fail(pool, environment, error);
    } else if ("result" in said && said.result.length > largestPayload)
      fail(pool, environment, new FunctionError("Function.ResponseSizeTooLarge", "Response too large"));
    else if ("result" in said) environment.job?.resolve(JSON.parse(said.result));
    clearTimeout(environment.timer);
    if (environment.state === "starting") for (const job of pool.waiting) bePatient(pool, job);
    Object.assign(environment, { state: "idle", since: Date.now(), job: undefined });
    // Its own function first: another one's may be given its place.
    serve(pool);
    serveAll();
  }

  function endAfter(milliseconds: number, pool: Pool, environment: Environment) {
    const message = `Task timed out after ${milliseconds / 1000} seconds`;
    environment.timer = setTimeout(
      () => end(pool, environment, new FunctionError("Sandbox.Timedout", message)),
      milliseconds,
    );
  }

  /** Kills an environment that has not ended yet; its job fails. */
  function end(pool: Pool, environment: Environment, error = exited("SIGKILL")) {
    if (!pool.environments.delete(environment)) return;
    clearTimeout(environment.timer);
    environment.process.kill("SIGKILL");
    fail(pool, environment, error);
  }

  /** Fails the job of an environment. One that never becomes ready takes a waiting job with it, as a cold start does. */
  function fail(pool: Pool, { state, since, job }: Environment, error: FunctionError) {
    const failed = state === "starting" ? pool.waiting.shift() : job;
    if (!failed) return;
    logs.write(pool.resource.name, state === "starting" ? "INIT Error" : "Invoke Error", {
      request_id: failed.requestId,
      duration_ms: Date.now() - since,
      type: error.name,
      stack: error.stack,
    });
    failed.reject(error);
  }

  async function stop() {
    stopped = true;
    clearInterval(sweep);
    const ended = all().map(({ environment }) => once(environment.process, "exit"));
    const error = new FunctionError("Stopped", "The local cloud stopped");
    for (const { pool, environment } of all()) end(pool, environment, error);
    for (const { waiting } of pools.values()) for (const job of waiting.splice(0)) job.reject(error);
    await Promise.all(ended);
  }

  function kill(name: string): number {
    const pool = pools.get(name)!;
    const doomed = [...pool.environments];
    for (const environment of doomed) end(pool, environment);
    return doomed.length;
  }

  return { invoke, kill, stop };
}

const exited = (how: string | number | null) =>
  new FunctionError("Runtime.ExitError", `RequestId: Error: Runtime exited (${how})`);

function environmentOf({ resource, folder, environment }: Runnable): Record<string, string> {
  const { name, properties } = resource;
  return {
    ...properties.Environment?.Variables,
    ...environment,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(properties.MemorySize ?? 128),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    LAMBDA_TASK_ROOT: folder,
    _HANDLER: properties.Handler,
    PATH: process.env.PATH ?? "",
    TZ: ":UTC",
  };
}
