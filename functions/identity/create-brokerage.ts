import { randomBytes } from "node:crypto";
import * as z from "zod/mini";
import { policyItem } from "../../shared/data/brokerages.ts";
import { create, createRecord } from "../../shared/data/records.ts";
import { tableFor } from "../../shared/data/table.ts";
import {
  Brokerage,
  brokerageRecord,
  NewBrokerage,
  newBrokerage,
  withoutUrl as withoutLogo,
} from "../../shared/domain/brokerage.ts";
import { newUser, User, userRecord, withoutUrl, wordsOf } from "../../shared/domain/user.ts";
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
  access: { table: tableFor("GetItem", "PutItem", "UpdateItem") },
  memory: hashingMemory,
  async run({ body, commit, ...invocation }) {
    const { newId, written } = invocation;
    const id = newId();
    const brokerage = createRecord(brokerageRecord, id, newBrokerage({ ...body, id }), invocation);
    const words = [...wordsOf(body.admin), body.name, body.slug];
    const password_hash = await hashNewPassword(body.admin.password, "/admin/password", words);
    const admin = newUser({ ...body.admin, role: "admin" }, password_hash);
    const user = createRecord(userRecord, id, admin, invocation);
    const cursor_key = randomBytes(32).toString("base64url");
    const policy = create(policyItem(id, { roles: {}, cursor_key, written }));
    return commit([...brokerage.writes, ...user.writes, policy], {
      brokerage: withoutLogo(brokerage.record),
      user: withoutUrl(user.record),
    });
  },
});
