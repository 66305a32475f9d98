import { randomBytes } from "node:crypto";
import { createBrokerage } from "../functions/identity/create-brokerage.ts";
import { createUser } from "../functions/identity/create-user.ts";
import { policyItem } from "../shared/data/brokerages.ts";
import { create, createRecord } from "../shared/data/records.ts";
import { brokerageRecord, newBrokerage, withoutUrl as withoutLogo } from "../shared/domain/brokerage.ts";
import { newUser, userRecord, withoutUrl } from "../shared/domain/user.ts";
import { invocation } from "../shared/entry/invocation.ts";
import { hashPassword } from "../shared/identity/passwords.ts";
import { table } from "./in-process.ts";
import { begunSession } from "./sessions.ts";

/** Writes what a sign-up writes, and a session; answers what the API does, and its tokens. */
export async function writeBrokerage(asked: object) {
  const body = createBrokerage.body!.parse(asked);
  const invoked = invocation("test", null);
  const id = invoked.newId();
  const brokerage = createRecord(brokerageRecord, id, newBrokerage({ ...body, id }), invoked);
  const admin = newUser({ ...body.admin, role: "admin" }, await hashed(body.admin.password));
  const user = createRecord(userRecord, id, admin, invoked);
  const cursor_key = randomBytes(32).toString("base64url");
  const policy = create(policyItem(id, { roles: {}, cursor_key, written: invoked.written }));
  const session = await begunSession(user.record);
  await table.commit([...brokerage.writes, ...user.writes, policy, session.write]);
  const made = createBrokerage.answer.body.parse({
    brokerage: withoutLogo(brokerage.record),
    user: withoutUrl(user.record),
  });
  return { ...made, ...session.tokens };
}

/** Writes a user as an admin adds one, without default roles, and a session; answers what the API does, and its tokens. */
export async function writeUser(brokerage_id: string, admin_id: string, asked: object) {
  const body = createUser.body!.parse(asked);
  const user = newUser(body, await hashed(body.password!));
  const { record, writes } = createRecord(userRecord, brokerage_id, user, invocation(admin_id, null));
  const session = await begunSession(record);
  await table.commit([...writes, session.write]);
  return { user: createUser.answer.body.parse(withoutUrl(record)), ...session.tokens };
}

/** A password's hash is made once. */
const hashes = new Map<string, Promise<string>>();
function hashed(password: string): Promise<string> {
  const known = hashes.get(password) ?? hashPassword(password);
  hashes.set(password, known);
  return known;
}
