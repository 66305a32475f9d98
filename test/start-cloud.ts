import { once } from "node:events";
import { cp, mkdtemp, rm, statfs } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { bootstrapLocally } from "../infra/local/bootstrap-locally.ts";
import { build } from "../infra/local/build.ts";
import { type Cloud, keepAlive, startCloud } from "../infra/local/cloud.ts";
import { setProvider } from "../infra/local/model-provider.ts";
import { type QueueName, queues } from "../shared/data/grant.ts";
import { exchange } from "./ai/exchange.ts";

/** A running local cloud, as tests in other processes see it. */
export interface TestCloud {
  /** The HTTP API. */
  readonly url: string;
  /** Where `POST /fire/<schedule>`, `/lifecycle/<ISO time>`, `/kill/<function>` and `/invoke/<function>` are. */
  readonly control: string;
  /** The administrator's AWS_* variables. */
  readonly environment: Readonly<Record<string, string>>;
  readonly tableName: string;
  readonly bucketName: string;
  readonly queueUrls: Readonly<Record<QueueName, string>>;
  /** ARN of the secret with the signing keys. */
  readonly signingSecret: string;
  /** ARN of the secret with the key that signs checkpoints. */
  readonly checkpointSecret: string;
  readonly assistantSecret: string;
  readonly openaiSecret: string;
  /** What that says, unless a test says something else. */
  readonly provider: { readonly api_key: string; readonly base_url: string; readonly model: string };
  /** The folder of its data and logs. */
  readonly data: string;
  stop(): Promise<void>;
}

/** The folder of what test clouds start from, kept between runs: made anew when the sources have changed. */
export async function testAssembly(): Promise<string> {
  const folder = join(import.meta.dirname, "../.build/test-assembly");
  await build("dev", folder);
  return folder;
}

/** Synthesises, lets `patch` change the assembly (a folder), starts it on a free port and bootstraps it. */
export async function startTestCloud(patch?: (assembly: string) => Promise<void>): Promise<TestCloud> {
  // Tests send from many addresses through one socket.
  process.env.GABLE_LOCAL_TRUST_FORWARDED = "1";
  const folder = await mkdtemp(join(await fastestFolder(), "gable-test-"));
  const data = join(folder, "data");
  const assembly = join(folder, "assembly");
  // The functions' code is in the assets: `bundles` has the same files once more.
  const filter = (path: string) => basename(path) !== "bundles";
  await cp(await testAssembly(), assembly, { recursive: true, filter });
  await patch?.(assembly);
  // Tests call all functions in turns: to start them again and again would take most of their time.
  const keeping = { idleTimeout: 600_000, most: 200 };
  // The steps of the start are no news; what breaks later is.
  let hasStarted = false;
  const log = (line: string) => hasStarted && console.error(line);
  const cloud = await startCloud({
    ...{ assembly, data, port: 0, keeping, log },
    prepare: bootstrapLocally,
  });
  hasStarted = true;
  const provider = await exchange();
  const tableName = cloud.resource("AWS::DynamoDB::GlobalTable");
  const signingSecret = cloud.resource("AWS::SecretsManager::Secret", "Signing");
  const checkpointSecret = cloud.resource("AWS::SecretsManager::Secret", "Checkpoints");
  const assistantSecret = cloud.resource("AWS::SecretsManager::Secret", "Assistant");
  const openaiSecret = cloud.resource("AWS::SecretsManager::Secret", "Openai");
  await setProvider(cloud.environment, openaiSecret, testProvider(provider.url));
  const control = await serveControl(cloud);
  return {
    url: cloud.url,
    control: control.url,
    environment: cloud.environment,
    tableName,
    bucketName: cloud.resource("AWS::S3::Bucket"),
    queueUrls: Object.fromEntries(
      Object.keys(queues).map((name) => [name, cloud.resource("AWS::SQS::Queue", `${title(name)}Queue`)]),
    ) as TestCloud["queueUrls"],
    signingSecret,
    checkpointSecret,
    assistantSecret,
    openaiSecret,
    provider: testProvider(provider.url),
    data,
    async stop() {
      control.server.close();
      await provider.close();
      await cloud.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const testProvider = (base_url: string) => ({ api_key: "test", base_url, model: "gpt-6.1-terra" });

/** Linux's memory where there is enough of it: DynamoDB Local waits a fifth of the tests' time for a disk. */
async function fastestFolder(): Promise<string> {
  const memory = await statfs("/dev/shm").catch(() => undefined);
  return memory && memory.bavail * memory.bsize > 8 * 2 ** 30 ? "/dev/shm" : tmpdir();
}

/** `cma` → `Cma`, as the logical ids begin. */
export const title = (name: string) => name[0]!.toUpperCase() + name.slice(1);

/** Test files run in other processes than the cloud: this hands their wishes to it. */
async function serveControl(cloud: Cloud) {
  const server = createServer(keepAlive, async (request, response) => {
    const [, verb, name = ""] = (request.url ?? "").split("/").map(decodeURIComponent);
    try {
      if (verb === "fire") await cloud.fire(name);
      else if (verb === "lifecycle") cloud.runLifecycle(new Date(name));
      else if (verb === "kill") cloud.kill(`Gable-dev-${name}`);
      else if (verb === "invoke") {
        const event = JSON.parse(Buffer.concat(await request.toArray()).toString());
        response.write(JSON.stringify((await cloud.invoke(`Gable-dev-${name}`, event)) ?? null));
      } else throw new Error(`No such wish: ${verb}`);
      response.end();
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
