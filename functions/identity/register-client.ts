import { slugKey } from "../../shared/data/brokerages.ts";
import { createRecord } from "../../shared/data/records.ts";
import { tableFor } from "../../shared/data/table.ts";
import { emailKey } from "../../shared/data/users.ts";
import { invalidInput, Problem } from "../../shared/domain/problem.ts";
import { newUser, Registration, User, userRecord, withoutUrl, wordsOf } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { hashNewPassword } from "../../shared/identity/new-password.ts";
import { hashingMemory } from "../../shared/identity/passwords.ts";

export const registerClient = operation({
  id: "registerClient",
  method: "POST",
  path: "/v1/auth/register",
  permission: "public",
  summary: "Register as a client of a brokerage",
  description: "A link to verify the email is mailed to it (`verifyEmail`).",
  body: Registration,
  answer: { status: 201, body: User },
  problems: ["email_taken"],
  access: { table: tableFor("GetItem", "BatchGetItem", "PutItem") },
  memory: hashingMemory,
  async run({ body, table, save, ...invocation }) {
    const [brokerage, taken] = await table.getMany([slugKey(body.brokerage_slug), emailKey(body.email)]);
    if (!brokerage) throw invalidInput("/brokerage_slug", "is not the slug of a brokerage");
    // The condition in the commit decides; this check only saves the hash when the email is taken.
    if (taken) throw new Problem("email_taken");
    const password_hash = await hashNewPassword(body.password, "/password", [
      ...wordsOf(body),
      body.brokerage_slug,
    ]);
    const client = newUser({ ...body, role: "client" }, password_hash);
    const { record, writes } = createRecord(userRecord, String(brokerage.id), client, invocation);
    return save({ record: withoutUrl(record), writes });
  },
});
