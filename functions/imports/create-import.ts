import type * as z from "zod/mini";
import { newOwner } from "../../shared/data/owners.ts";
import { counted } from "../../shared/data/quotas.ts";
import { createRecord, loadRecord } from "../../shared/data/records.ts";
import { signUploads } from "../../shared/data/signed-urls.ts";
import { type TableReader, writeTable } from "../../shared/data/table.ts";
import { checkHeldForAll } from "../../shared/domain/access.ts";
import { brokerageRecord } from "../../shared/domain/brokerage.ts";
import { contentTypes, importRecord } from "../../shared/domain/import.ts";
import { limitSaid } from "../../shared/domain/limits.ts";
import { NewImport, newImport, StartedImport } from "../../shared/domain/new-import.ts";
import { jobTask, taskRecord } from "../../shared/domain/task.ts";
import { uploadKey } from "../../shared/domain/upload.ts";
import { operation } from "../../shared/entry/definition.ts";

export const createImport = operation({
  id: "createImport",
  method: "POST",
  path: "/v1/imports",
  permission: "import:write",
  summary: "Announce a file of properties or clients and get the request that uploads it",
  description:
    "Send the bytes as `upload` says, within fifteen minutes; their arrival starts the import. A CSV begins with a " +
    "header, or `header` names its columns; commas, semicolons, tabs and bars separate, in UTF-8 or UTF-16. JSON is " +
    "one array of objects, one object after another, a RESO Web API answer (`value`) or GeoJSON features. Columns are " +
    "found by name, by `mapping` otherwise. A first pass over the file detects the formats of its numbers, dates and " +
    "areas; if a column can be read in two ways, the import fails before it writes anything and names the option to " +
    "set: `decimal`, `date_order` or `units`. A row changes only what it says, and its blanks erase nothing; " +
    "`defaults` apply to new records. Importing the same file again changes nothing.\n\n" +
    "Properties: names of columns are Gable's, RESO's, and those of Redfin, Zillow, Realtor.com and the UK's price " +
    "paid data. A row with a sale date is a sale, unless its status says that it is on the market; `close_price` is " +
    "what was paid, null where it is unknown; `price` the last list price, else what was paid. A closed lease is " +
    "`rented`. A row matches an existing property by its source's id and sale date, without an id by address (with " +
    "its unit) and sale date.\n\n" +
    "Clients: names of columns are Gable's, and those of Google Contacts, Outlook, Follow Up Boss, HubSpot and " +
    "Salesforce; the brokerage's own fields go by their machine name, `custom.budget` or `budget`. A cell may hold " +
    "several emails or phones; phones become E.164 by the row's country, else `defaults.country`, else the " +
    "brokerage's. A row finds its client by its source's id, then by its emails, then by a phone together with a name " +
    "that may be the same person's; a merged client is followed to the kept one. Emails, phones and tags are added, " +
    "none is replaced. A column of opt-outs revokes consents, whatever is on record; an imported grant only counts " +
    "where nothing is. A stage that is no nurture status becomes a tag. `owner_email` names the owner of a new " +
    "client, else it is who imports. Errors quote no cell of a client.\n\n" +
    "A dry run counts a record that is in the file twice, more than a thousand rows apart, as two. But for a dry run " +
    "it also needs `property:write` or `client:write` for the whole brokerage. An import whose maker loses these " +
    "rights, or whose API key is revoked, fails at its next rows. " +
    limitSaid("imports"),
  body: NewImport,
  answer: { status: 201, body: StartedImport },
  access: { table: writeTable("PutItem", "UpdateItem"), uploads: signUploads("uploads/imports") },
  async run({ table, body, caller, commit, ...invoked }) {
    // Its rows change whatever records they are about.
    if (!body.dry_run) checkHeldForAll(caller, `${body.resource}:write`);
    const { brokerage_id, user_id } = caller;
    const what = body.resource === "client" ? "clients" : "properties";
    const title = body.dry_run ? `Try an import of ${what}` : `Import ${what}`;
    const owned = await newOwner(table, caller, "task", {});
    const task = createRecord(taskRecord, brokerage_id, jobTask("import", title, owned), invoked);
    const fields = newImport(await withCountry(table, brokerage_id, body), {
      owner_user_id: user_id,
      task_id: task.record.id,
      asked: invoked.written,
    });
    const { record, writes } = createRecord(importRecord, brokerage_id, fields, invoked);
    const used = counted("imports", caller, invoked.now);
    return commit([...writes, ...task.writes, used], { import: record });
  },
  async present({ import: job }, { uploads, now }) {
    const expected = { content_type: contentTypes[job.format], size_bytes: job.size_bytes };
    return { import: job, upload: await uploads.sign(uploadKey(job), expected, now) };
  },
});

type Asked = z.output<typeof NewImport>;

/** An import of clients with the country of phones that name none: the worker may not read the brokerage. */
async function withCountry(table: TableReader, brokerageId: string, body: Asked): Promise<Asked> {
  if (body.resource !== "client" || body.defaults?.country) return body;
  const brokerage = await loadRecord(table, brokerageRecord, brokerageId, brokerageId);
  return { ...body, defaults: { ...body.defaults, country: brokerage?.country ?? null } };
}
