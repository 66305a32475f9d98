import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { updateMe } from "../../functions/identity/update-me.ts";
import { text } from "../../shared/domain/schemas.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { operations } from "../answers.ts";
import { addUser } from "../cloud.ts";
import { fuzz } from "./fuzz.ts";
import { makeWorld, type World } from "./rows.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

test.each(operations.map((operation) => [operation.id, operation] as const))("%s", async (_, operation) => {
  await fuzz(operation, world, 10);
});

describe("sabotage: the fuzzer sees", () => {
  const sabotaged = (over: Partial<Operation>) => ({ ...(updateMe as unknown as Operation), ...over });
  /** On an admin of its own: what is accepted wrongly may leave a user that nobody can read. */
  const onAnAdmin = async (over: Partial<Operation>) => {
    const { home } = world;
    const users = { ...home.users, admin: await addUser(home.users.admin, "admin") };
    return fuzz(sabotaged(over), { ...world, home: { ...home, users } }, 500);
  };
  const fails = (over: Partial<Operation>) => expect(onAnAdmin(over)).rejects;

  test("an unknown field that is accepted", () =>
    fails({ body: z.looseObject({ first_name: z.optional(text(100)) }) }).toThrow(
      /(200|412) instead of 400|the service failed/,
    ));

  test("a valid body that is refused", () =>
    fails({ body: z.strictObject({ first_name: z.string() }) }).toThrow(
      /the document calls it valid|400 instead of/,
    ));

  test("an error that is not the caller's", () =>
    fails({ run: () => Promise.reject(new Error("broken")) }).toThrow("the service failed"));

  test("an answer off its schema", () =>
    fails({
      answer: { status: 200, body: z.looseObject({}) },
      present: async (user) => ({ ...user, nobody_promised: "this" }),
    }).toThrow("must NOT have additional properties"));
});
