import { readableClient } from "../../shared/data/clients.ts";
import { newOwner } from "../../shared/data/owners.ts";
import { counted } from "../../shared/data/quotas.ts";
import { createRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { scopeOf } from "../../shared/domain/access.ts";
import {
  Export,
  exportRecord,
  exportResources,
  exportScope,
  newExport,
  toReadOf,
} from "../../shared/domain/export.ts";
import { limitSaid } from "../../shared/domain/limits.ts";
import { NewExport } from "../../shared/domain/new-export.ts";
import { jobTask, taskRecord } from "../../shared/domain/task.ts";
import { operation } from "../../shared/entry/definition.ts";

export const createExport = operation({
  id: "createExport",
  method: "POST",
  path: "/v1/exports",
  permission: "export:write",
  summary: "Ask for a file of all records that a list shows",
  description:
    "Returns the queued export at once, behind a task; read it again until its status is completed or failed. The file " +
    "has what the caller may read when it is made, by the list's own filters: whole records with all their fields, " +
    "newest first, interactions client by client. It is gone after a day. A CSV is UTF-8 with a byte order mark, as " +
    "Excel asks for; its first line names the columns, an object's fields are `<field>_<name>`, and a text that a " +
    "spreadsheet would run as a formula has an apostrophe before it. JSON is one array. Also needs the permission to " +
    `read the resource, of audit events for the whole brokerage. ${limitSaid("exports")}`,
  body: NewExport,
  answer: { status: 202, body: Export },
  problems: ["not_found"],
  access: { table: writeTable("PutItem", "UpdateItem") },
  async run({ table, body, caller, commit, problem, ...invoked }) {
    const { resource, format, filters = {} } = body;
    if (!exportScope(caller, resource)) throw problem("forbidden", lacking(toReadOf(resource), caller));
    if (body.resource === "interaction" && body.filters?.client_id !== undefined)
      await readableClient(table, caller, body.filters.client_id, invoked.now);
    const { brokerage_id, user_id } = caller;
    const title = `Export ${exportResources[resource].plural} as ${format.toUpperCase()}`;
    const owned = await newOwner(table, caller, "task", {});
    const task = createRecord(taskRecord, brokerage_id, jobTask("export", title, owned), invoked);
    const by = { owner_user_id: user_id, task_id: task.record.id, asked: invoked.written };
    const asked = newExport({ resource, format, filters: known(filters) }, by);
    const { record, writes } = createRecord(exportRecord, brokerage_id, asked, invoked);
    const used = counted("exports", caller, invoked.now);
    return commit([...writes, ...task.writes, used], { ...record, url: null });
  },
});

const lacking = (permission: ReturnType<typeof toReadOf>, caller: Parameters<typeof scopeOf>[0]) =>
  scopeOf(caller, permission)
    ? `${permission} is needed for the whole brokerage`
    : `It also needs ${permission}, which you lack`;

/** The filters that were said. */
const known = (filters: object) =>
  Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== undefined));
