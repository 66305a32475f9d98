/** `npm run fire -- <schedule> [--port N]`: fires a schedule of the running local cloud and waits for it. */
import { parseArgs } from "node:util";
import { definitions } from "../../functions/index.ts";
import { command } from "../command.ts";

const schedules = definitions.filter(({ kind }) => kind === "schedule").map(({ id }) => id);
const usage = `Usage: npm run fire -- <schedule> [--port N]

Runs a schedule of the running local cloud now and waits for it to finish. Schedules: ${schedules.join(", ")}.`;

await command(main);

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { port: { type: "string", default: "3000" }, help: { type: "boolean", default: false } },
  });
  const [schedule] = positionals;
  if (values.help) return console.log(usage);
  if (!schedule) throw new Error(usage);
  const url = `http://127.0.0.1:${values.port}/_local/fire/${encodeURIComponent(schedule)}`;
  const answer = await fetch(url, { method: "POST" }).catch(() => {
    throw new Error(`No local cloud runs on port ${values.port}: start it with npm start, or set --port`);
  });
  if (answer.status !== 204) throw new Error(((await answer.json()) as { message: string }).message);
  console.log(`${schedule} has run`);
}
