import { randomBytes } from "node:crypto";
import * as z from "zod/mini";
import { policyItem } from "../../shared/data/brokerages.ts";
import { create, createRecord } from "../../shared/data/records.ts";
import { tableFor } from "../../shared/data/table.ts";
import { Brokerage, brokerageRecord, NewBrokerage } from "../../shared/domain/brokerage.ts";
import { newUser, User, userRecord, wordsOf } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { hashNewPassword } from "../../shared/identity/new-password.ts";
import { hashingMemory } from "../../shared/identity/passwords.ts";

export const createBrokerage = operation({
  id: "createBrokerage",
  method: "POST",
  path: "/v1/brokerages",
  permission: "public",
  summary: "Sign up a brokerage and its first admin",
  body: NewBrokerage,
  answer: { status: 201, body: z.object({ brokerage: Brokerage, user: User }) },
  problems: ["email_taken", "slug_taken"],
  access: { table: tableFor("GetItem", "PutItem") },
  memory: hashingMemory,
  async run({ body, commit, ...invocation }) {
    const { newId, written } = invocation;
    const id = newId();
    const named = { id, name: body.name, slug: body.slug };
    const brokerage = createRecord(brokerageRecord, id, named, invocation);
    const words = [...wordsOf(body.admin), body.name, body.slug];
    const password_hash = await hashNewPassword(body.admin.password, "/admin/password", words);
    const admin = newUser({ ...body.admin, role: "admin" }, password_hash);
    const user = createRecord(userRecord, id, admin, invocation);
    const cursor_key = randomBytes(32).toString("base64url");
    const policy = create(policyItem(id, { roles: {}, cursor_key, written }));
    return commit([...brokerage.writes, ...user.writes, policy], {
      brokerage: brokerage.record,
      user: user.record,
    });
  },
});
