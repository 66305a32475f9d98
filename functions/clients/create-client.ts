import * as z from "zod/mini";
import { fieldsFor } from "../../shared/data/custom-fields.ts";
import { checkUnknown, saveUnique } from "../../shared/data/duplicates.ts";
import { newOwner } from "../../shared/data/owners.ts";
import { withPhones } from "../../shared/data/phones.ts";
import { createRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Client, clientRecord, NewClient, newClient } from "../../shared/domain/client.ts";
import { operation } from "../../shared/entry/definition.ts";

export const createClient = operation({
  id: "createClient",
  method: "POST",
  path: "/v1/clients",
  permission: "client:write",
  summary: "Add a client",
  description:
    "An email is one client's in a brokerage: a known one is 409 duplicate. So is a known phone or the same name, unless " +
    "allow_duplicate=true; these are known some seconds after a client was added. `candidates` are those that you may " +
    "read. owner_user_id may be another user if you may write all clients.",
  query: z.strictObject({
    allow_duplicate: z.optional(
      z.enum(["true", "false"]).check(z.describe("true: also where a phone or the name is known")),
    ),
  }),
  body: NewClient,
  assistant: "proposes",
  answer: { status: 201, body: Client },
  problems: ["duplicate"],
  access: { table: writeTable("Query", "PutItem") },
  async run({ table, query, body, caller, save, ...invoked }) {
    const owned = await newOwner(table, caller, "client", body);
    const said = await withPhones(table, caller.brokerage_id, body);
    const fields = await fieldsFor(table, caller.brokerage_id, body);
    const client = newClient(said, owned, { now: invoked.now, by: caller.user_id, fields });
    const made = createRecord(clientRecord, caller.brokerage_id, client, invoked);
    const asked = { caller, now: invoked.now };
    if (query.allow_duplicate !== "true") await checkUnknown(table, made.record, asked);
    return saveUnique(table, made.record, asked, () => save(made));
  },
});
