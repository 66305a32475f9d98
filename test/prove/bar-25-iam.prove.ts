import { beforeAll, expect, test } from "vitest";
import { definitions } from "../../functions/index.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import type { Access } from "../../shared/entry/grant.ts";
import { bodyTypes } from "../../shared/entry/request.ts";
import { operations } from "../answers.ts";
import { cloud } from "../cloud.ts";
import { makeWorld, type World } from "../contract/rows.ts";
import { eventOf, Subject } from "../contract/subject.ts";
import { lacking, pathLacking } from "./one-action-less.ts";
import { workedOffImport, workers } from "./worker-cases.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

const actionsOf = (access: Access) => [...new Set(Object.values(access).flatMap(({ actions }) => actions))];

test.each(operations.map((one) => [one.id, one] as const))("%s", async (id, operation) => {
  const out: string[] = [];
  for (const action of actionsOf(operation.access))
    if ((await statusOf(operation, action)) < 500) out.push(action);
  console.log("UNNEEDED", id, out.join(" "), "control", await statusOf(operation, "nothing"));
});

async function statusOf(operation: Operation, action: string): Promise<number> {
  const row = operation.id === "undoImport" ? { params: workedOffImport } : undefined;
  const subject = new Subject(operation, world, row);
  const example = await subject.example();
  const known = await subject.current();
  const { headers, body } = eventOf(
    operation,
    {
      token: undefined,
      params: {},
      query: {},
      body: example ? JSON.stringify(example) : "",
      contentType: example && bodyTypes[operation.method]?.[0],
      ifMatch: undefined,
      idempotencyKey: undefined,
    },
    known,
  );
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => known.params[name]!);
  const { status } = await fetch(cloud.url + pathLacking(path, action), {
    method: operation.method,
    headers: headers as Record<string, string>,
    ...(body ? { body } : {}),
  });
  return status;
}

test.each(Object.entries(workers))("%s", async (name, prepare) => {
  const out: string[] = [];
  let control: unknown;
  const [first] = [await prepare(world)];
  const definition = definitions.find(({ id }) => id === first.functionId)!;
  for (const action of [...actionsOf(definition.access), "nothing"]) {
    const { functionId, event, settled } = await prepare(world);
    const result = await cloud.invoke(lacking(functionId, action), event).catch((error) => String(error));
    const failed = typeof result === "string" || result?.batchItemFailures?.length > 0;
    if (action === "nothing") control = [failed, await settled()];
    else if (!failed) out.push(action);
  }
  console.log("UNNEEDED", name, out.join(" "), "control", control);
});
