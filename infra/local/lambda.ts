import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { region } from "./identities.ts";
import type { Invocation, Said } from "./lambda-worker.ts";
import type { Logs } from "./logs.ts";
import type { Resource } from "./templates.ts";

/** A function's invocation that did not return: it threw, timed out, crashed or answered too much. */
export class FunctionError extends Error {
  constructor(type: string, message: string) {
    super(message);
    this.name = type;
  }
}

/** A function to run: its resource, the folder of its code, and the variables beside its own (credentials, endpoint). */
export interface Runnable {
  readonly resource: Resource;
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
}

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
  resolve(result: unknown): void;
  reject(error: FunctionError): void;
}

interface Environment {
  readonly process: ChildProcess;
  state: "starting" | "idle" | "busy";
  idleSince: number;
  fail(error: FunctionError): void;
}

interface Pool extends Runnable {
  readonly environments: Set<Environment>;
  readonly waiting: Job[];
}

// A laptop has fewer cores than Lambda has machines: more processes than this only take turns.
const perFunction = Math.min(4, Math.max(2, availableParallelism()));
const inAll = 32;
const initTimeout = 30_000;
const largestPayload = 6 * 1024 * 1024;

/**
 * Starts no process until a function is called. Ends one that has been idle for `idleTimeout` milliseconds, and the
 * longest idle one when there are too many.
 */
export function createLambda(runnables: readonly Runnable[], logs: Logs, idleTimeout = 30_000): Lambda {
  const pools = new Map(
    runnables.map((each): [string, Pool] => [
      each.resource.name,
      { ...each, environments: new Set(), waiting: [] },
    ]),
  );
  let stopped = false;
  const sweep = setInterval(() => {
    for (const pool of pools.values())
      for (const environment of pool.environments)
        if (environment.state === "idle" && Date.now() - environment.idleSince > idleTimeout)
          end(pool, environment);
  }, idleTimeout / 3);

  function invoke(name: string, event: unknown): Promise<unknown> {
    const pool = pools.get(name);
    if (!pool || stopped)
      return Promise.reject(new FunctionError("ResourceNotFound", `No function ${name} is running`));
    return new Promise((resolve, reject) => {
      pool.waiting.push({ event, resolve, reject });
      serve(pool);
    });
  }

  function serve(pool: Pool) {
    const inState = (state: Environment["state"]) =>
      [...pool.environments].filter((each) => each.state === state);
    for (const environment of inState("idle")) {
      const job = pool.waiting.shift();
      if (!job) return;
      dispatch(pool, environment, job);
    }
    const limit = pool.resource.properties.ReservedConcurrentExecutions ?? perFunction;
    while (pool.waiting.length > inState("starting").length && pool.environments.size < limit && makeRoom())
      start(pool);
  }

  function makeRoom(): boolean {
    const all = [...pools.values()].flatMap((pool) =>
      [...pool.environments].map((environment) => ({ pool, environment })),
    );
    if (all.length < inAll) return true;
    const idle = all.filter(({ environment }) => environment.state === "idle");
    const oldest = idle.sort((a, b) => a.environment.idleSince - b.environment.idleSince)[0];
    if (!oldest) return false;
    end(oldest.pool, oldest.environment);
    return true;
  }

  function end(pool: Pool, environment: Environment) {
    pool.environments.delete(environment);
    environment.process.kill("SIGKILL");
  }

  function start(pool: Pool) {
    const { resource, folder } = pool;
    const { MemorySize = 128, Handler } = resource.properties;
    const child = fork(join(import.meta.dirname, "lambda-worker.ts"), [folder, Handler], {
      env: environmentOf(pool),
      execArgv: [`--max-old-space-size=${Math.max(192, MemorySize)}`],
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    logs.follow(resource.name, child.stdout!);
    logs.follow(resource.name, child.stderr!);
    const environment: Environment = { process: child, state: "starting", idleSince: 0, fail: failFirst };
    pool.environments.add(environment);
    const timer = setTimeout(() => end(pool, environment), initTimeout);

    child.once("message", (said: Said) => {
      clearTimeout(timer);
      if ("error" in said) {
        logs.write(resource.name, "INIT failed", said.error);
        failFirst(new FunctionError(said.error.type, said.error.message));
        return end(pool, environment);
      }
      free(pool, environment);
    });
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      pool.environments.delete(environment);
      environment.fail(
        new FunctionError("Runtime.ExitError", `RequestId: Error: Runtime exited (${signal ?? code})`),
      );
      for (const other of pools.values()) if (other.waiting.length > 0 && !stopped) serve(other);
    });

    // An environment that never becomes ready takes one waiting call with it, as a cold start does.
    function failFirst(error: FunctionError) {
      if (environment.state === "starting") pool.waiting.shift()?.reject(error);
    }
  }

  function dispatch(pool: Pool, environment: Environment, job: Job) {
    const { name, arn, properties } = pool.resource;
    const timeout = (properties.Timeout ?? 3) * 1000;
    const started = Date.now();
    const requestId = randomUUID();
    environment.state = "busy";
    const settle = (status: string, act: () => void) => {
      clearTimeout(timer);
      environment.process.removeListener("message", answered);
      environment.fail = () => {};
      const duration = Date.now() - started;
      if (status !== "success")
        logs.write(name, `REPORT ${status}`, { request_id: requestId, duration_ms: duration });
      act();
    };
    const timer = setTimeout(() => {
      const error = new FunctionError("Sandbox.Timedout", `Task timed out after ${timeout / 1000} seconds`);
      settle("timeout", () => job.reject(error));
      end(pool, environment);
    }, timeout);
    const answered = (said: Said) => {
      free(pool, environment, () => {
        if ("error" in said) {
          logs.write(name, "Invoke Error", { request_id: requestId, ...said.error });
          settle("error", () => job.reject(new FunctionError(said.error.type, said.error.message)));
        } else if ("result" in said && said.result.length <= largestPayload)
          settle("success", () => job.resolve(JSON.parse(said.result)));
        else
          settle("too large", () =>
            job.reject(new FunctionError("Function.ResponseSizeTooLarge", "Response too large")),
          );
      });
    };
    environment.fail = (error) => settle("crash", () => job.reject(error));
    environment.process.on("message", answered);
    const invocation: Invocation = {
      event: job.event,
      requestId,
      deadline: started + timeout,
      functionArn: arn,
    };
    // A process that has just died refuses the message; its exit fails the job.
    environment.process.send(invocation, () => {});
  }

  function free(pool: Pool, environment: Environment, settle: () => void = () => {}) {
    settle();
    environment.state = "idle";
    environment.idleSince = Date.now();
    serve(pool);
    if (pool.waiting.length === 0)
      for (const other of pools.values()) if (other.waiting.length > 0) serve(other);
  }

  async function stop() {
    stopped = true;
    clearInterval(sweep);
    const children = [...pools.values()].flatMap((pool) => [...pool.environments]);
    await Promise.all(
      children.map(async ({ process }) => {
        const exited = once(process, "exit");
        process.kill("SIGKILL");
        await exited;
      }),
    );
    for (const { waiting } of pools.values())
      for (const job of waiting.splice(0))
        job.reject(new FunctionError("Stopped", "The local cloud stopped"));
  }

  function kill(name: string): number {
    const pool = pools.get(name)!;
    const doomed = [...pool.environments];
    for (const environment of doomed) end(pool, environment);
    return doomed.length;
  }

  return { invoke, kill, stop };
}

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
