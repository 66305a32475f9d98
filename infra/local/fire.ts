/** `npm run fire -- <schedule> [--port N]`: fires a schedule of the running local cloud and waits for it. */
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: "string", default: "3000" } },
});
const [schedule = ""] = positionals;
const url = `http://127.0.0.1:${values.port}/_local/fire/${encodeURIComponent(schedule)}`;
const answer = await fetch(url, { method: "POST" }).catch(() => undefined);
if (answer?.status === 204) console.log(`${schedule} has run`);
else {
  const { message } = answer
    ? ((await answer.json()) as { message: string })
    : { message: `Nothing listens on port ${values.port}` };
  console.error(message);
  process.exitCode = 1;
}
