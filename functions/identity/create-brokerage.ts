import { randomBytes } from "node:crypto";
import * as z from "zod/mini";
import { brokerageKey, policyKey, type Brokerage as Stored, slugItem } from "../../shared/data/brokerages.ts";
import { create, firstVersion } from "../../shared/data/records.ts";
import { tableFor } from "../../shared/data/table.ts";
import { newUser } from "../../shared/data/users.ts";
import { defaultGrants } from "../../shared/domain/access.ts";
import { Brokerage, NewBrokerage } from "../../shared/domain/brokerage.ts";
import { User } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { hashingMemory, hashPassword } from "../../shared/identity/passwords.ts";

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
    const brokerage: Stored = {
      ...brokerageKey(id),
      entity: "brokerage",
      brokerage_id: id,
      id,
      ...firstVersion(invocation),
      name: body.name,
      slug: body.slug,
      accent_color: null,
    };
    const password_hash = await hashPassword(body.admin.password);
    const { user, writes } = newUser({ ...body.admin, role: "admin", password_hash }, id, invocation);
    const policy = {
      ...policyKey(id),
      grants: defaultGrants,
      cursor_key: randomBytes(32).toString("base64url"),
      written,
    };
    return commit(
      [create(slugItem(brokerage), "slug_taken"), ...writes, create({ ...brokerage }), create(policy)],
      { brokerage, user },
    );
  },
});
