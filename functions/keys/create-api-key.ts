import { randomBytes } from "node:crypto";
import { apiKeyHash, apiKeyText, countApiKey, secretBytes } from "../../shared/data/api-keys.ts";
import { createRecord } from "../../shared/data/records.ts";
import { checkHeld } from "../../shared/data/roles.ts";
import { writeTable } from "../../shared/data/table.ts";
import { hasEnded, type RoleGrant } from "../../shared/domain/access.ts";
import { apiKeyRecord, keyLimit, maxApiKeys } from "../../shared/domain/api-key.ts";
import { CreatedApiKey, NewApiKey } from "../../shared/domain/api-key-answers.ts";
import { invalidInput } from "../../shared/domain/problem.ts";
import { instant } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const createApiKey = operation({
  id: "createApiKey",
  method: "POST",
  path: "/v1/api-keys",
  permission: "api_key:write",
  summary: "Make an API key, which is shown once",
  description:
    "It calls the API as its maker, within its grants and what the maker holds at that moment, until it is revoked, " +
    `expires, or its maker is deactivated, for good. A brokerage has ${maxApiKeys} keys at most. A key may make about ` +
    `${keyLimit.requests} requests a minute: one in ${keyLimit.countedOneIn} is counted, so it is refused (429) ` +
    "somewhere between 400 and 800.",
  body: NewApiKey,
  answer: { status: 201, body: CreatedApiKey },
  problems: ["limit_reached"],
  access: { table: writeTable("PutItem", "UpdateItem") },
  async run({ body, caller, commit, ...invoked }) {
    const grants = [...new Set(body.grants)] as RoleGrant[];
    const own = grants.findIndex((grant) => grant.startsWith("api_key:"));
    if (own >= 0)
      throw invalidInput(`/grants/${own}`, "must not be about API keys: a key makes and revokes none");
    checkHeld(caller, grants);
    const expires_at = body.expires_at === undefined ? null : instant(body.expires_at);
    if (hasEnded(expires_at ?? undefined, invoked.now))
      throw invalidInput("/expires_at", "must be in the future");

    const { brokerage_id, user_id } = caller;
    const id = invoked.newId();
    const key = apiKeyText({ brokerage_id, user_id, api_key_id: id }, randomBytes(secretBytes));
    const fields = { id, name: body.name, owner_user_id: user_id, grants, expires_at, hash: apiKeyHash(key) };
    const { record, writes } = createRecord(apiKeyRecord, brokerage_id, fields, invoked);
    const { hash: _, ...shown } = record;
    // What is kept for a repeat of the request has neither key nor hash.
    return { ...(await commit([...writes, countApiKey(brokerage_id, 1)], shown)), key };
  },
  async present({ key, ...record }) {
    return { ...record, last_used_at: null, key: key ?? null };
  },
});
