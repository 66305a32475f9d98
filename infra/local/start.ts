/** `npm start`: all of Gable on this machine, from synthesis to demo data. */
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { bootstrapLocally } from "./bootstrap-locally.ts";
import { build } from "./build.ts";
import { type Cloud, close, listen, startCloud } from "./cloud.ts";
import { clearData, openData } from "./data.ts";
import { findJava } from "./dynamodb.ts";
import { stopwatch } from "./logs.ts";
import { migrateLocally } from "./migrate-locally.ts";
import { providerIn, setProvider } from "./model-provider.ts";

const help = `Usage: npm start -- [options]

Runs Gable on this machine: the synthesised CDK templates, with DynamoDB Local, S3, SQS, Lambda and the HTTP API.
Needs Node 20 or later and Java 17 or later; no Docker, no AWS account.

  --port N            port of the HTTP API (3000); everything else takes free ports
  --data DIR          where data, keys and logs are kept between runs (.gable)
  --fresh             delete all local data first
  --no-demo           no demo brokerage
  --demo-password PW  password of the demo users
  --demo-ai           an assistant that is scripted, where OPENAI_API_KEY is not set
  --help              show this help

Each function's log is DIR/logs/Gable-dev-<function>.log, one JSON document a line. Ctrl-C stops everything; the next start
finds all data again and goes on with what was interrupted.

The assistant (/v1/ai-requests) needs a model: OPENAI_API_KEY, and for another server than OpenAI's OPENAI_BASE_URL,
OPENAI_MODEL and, where it has no Responses, OPENAI_PROTOCOL=chat_completions. Everything else works without.

A schedule fires on its own time; to fire one now:   npm run fire -- <schedule> [--port N]
`;

let stopping = false;
try {
  await main();
} catch (error) {
  // Stopping ends what is under way: that is no error.
  if (!stopping) {
    console.error((error as Error).message);
    process.exit(1);
  }
}

async function main() {
  const { values } = parseArgs({
    allowNegative: true,
    options: {
      port: { type: "string", default: "3000" },
      data: { type: "string", default: ".gable" },
      fresh: { type: "boolean", default: false },
      demo: { type: "boolean", default: true },
      "demo-password": { type: "string" },
      "demo-ai": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(help);
  const port = Number(values.port);
  if (!(Number.isInteger(port) && port >= 0 && port < 65_536))
    throw new Error(`--port must be a number from 0 to 65535, not ${values.port}`);
  const data = resolve(values.data);

  let cloud: Cloud | undefined;
  // Under npm, Ctrl-C arrives twice: from the terminal and from npm.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(signal, async () => {
      if (stopping) return;
      stopping = true;
      console.log("Stopping");
      await cloud?.stop();
      process.exit();
    });

  findJava();
  const probe = createServer();
  await listen(probe, port);
  await close(probe);
  if (values.fresh) clearData(data);
  else openData(data, console.log).close();
  const step = stopwatch(console.log);
  const assembly = join(data, "assembly");
  console.log("Bundling and synthesising what changed");
  const built = await build("dev", assembly);
  step(built === "made" ? "Bundled and synthesised the stacks" : "The stacks are unchanged");
  cloud = await startCloud({ assembly, data, port, log: console.log, prepare: bootstrapLocally });
  const provider = await aProvider(values["demo-ai"]);
  await setProvider(cloud.environment, cloud.resource("AWS::SecretsManager::Secret", "Openai"), provider);
  const check = stopwatch(console.log);
  await healthy(cloud.url);
  check("Checked the health");
  await migrateLocally(cloud, console.log);
  check("Checked that all data has the shape of this release");
  console.log(
    [
      "Gable answers",
      `  API   ${cloud.url}/v1`,
      `  Docs  ${cloud.url}/docs`,
      `  Mail  ${cloud.url}/_local/outbox`,
      `  Logs  ${join(values.data, "logs")}`,
      `  AI    ${saidOf(provider)}`,
    ].join("\n"),
  );
  if (values.demo) {
    const { demo } = await import("./demo.ts");
    await demo(cloud.url, values["demo-password"], provider !== undefined);
  }
  console.log("Ctrl-C stops it");
}

/** Who the assistant's model belongs to: the environment's provider, or a scripted server where that is wanted. */
async function aProvider(isScripted: boolean) {
  const provider = providerIn(process.env);
  if (provider || !isScripted) return provider;
  const { demoModel } = await import("./demo-model.ts");
  const { url } = await demoModel();
  return { api_key: "scripted", base_url: url, model: "scripted-demo" };
}

function saidOf(provider: Awaited<ReturnType<typeof aProvider>>): string {
  if (!provider) return "none: set OPENAI_API_KEY, or start with --demo-ai for a scripted one";
  if (provider.model === "scripted-demo") return "scripted: its answers are made up by rules, not by a model";
  return `${provider.model ?? "the default model"} at ${provider.base_url ?? "OpenAI"}`;
}

async function healthy(url: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const { status } = await fetch(`${url}/v1/health`);
    if (status === 200) return;
    if (Date.now() > deadline)
      throw new Error(`${url}/v1/health still answers ${status} after a minute: see the logs of getHealth`);
    await sleep(500);
  }
}
