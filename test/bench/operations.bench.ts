import { beforeAll, test } from "vitest";
import { definitions } from "../../functions/index.ts";
import { hashingMemory } from "../../shared/identity/passwords.ts";
import { operations } from "../answers.ts";
import { makeWorld, type World } from "../contract/rows.ts";
import { fill } from "../properties.ts";
import { soldHouses } from "../sales.ts";
import { type Cost, measure } from "./measure.ts";
import { dollarsPerMillion } from "./money.ts";
import { type Start, starts } from "./starts.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
  const { users, brokerage } = world.home;
  await fill({ ...users.admin, brokerage }, soldHouses("98115").slice(0, 100));
});

test("the table of operations", async () => {
  const costs = new Map<string, Cost>();
  for (const operation of operations) {
    const isSlow = operation.memory === hashingMemory || operation.answer.status === 202;
    costs.set(operation.id, await measure(operation, world, { calls: isSlow ? 3 : 40 }));
  }
  const { f, of } = await starts(process.env, 7);

  const lines = definitions.map(({ id }) => row(id, of.get(id)!, costs.get(id)));
  process.stdout.write(`\nF = ${f.toFixed(1)} ms of CPU\n\n${[head, ...lines].join("\n")}\n`);
});

const columns = [
  "bundle KB",
  "init / F",
  "warm CPU ms",
  "requests",
  "read units",
  "write units",
  "bytes",
  "$ / million",
];
const head = line("operation", columns);

function row(id: string, { kilobytes, init }: Start, cost: Cost | undefined): string {
  const start = [kilobytes.toFixed(0), init.toFixed(2)];
  if (!cost) return line(id, start);
  const { warmCpu, requests, readUnits, writeUnits, answerBytes } = cost;
  const numbers = [requests.length, readUnits, writeUnits, answerBytes].map(String);
  return line(id, [...start, warmCpu.toFixed(2), ...numbers, dollarsPerMillion(cost).toFixed(2)]);
}

function line(id: string, cells: readonly string[]): string {
  return [id.padEnd(20), ...cells.map((cell) => cell.padStart(12))].join("");
}
