import { fileKey, type Import, importItem, importKey } from "../../shared/data/imports.ts";
import { create, firstVersion } from "../../shared/data/records.ts";
import { signUploads } from "../../shared/data/signed-urls.ts";
import { writeTable } from "../../shared/data/table.ts";
import { type Task, taskItem, taskKey } from "../../shared/data/tasks.ts";
import { fileStart } from "../../shared/domain/import/written.ts";
import { contentTypes, NewImport, StartedImport } from "../../shared/domain/import.ts";
import { operation } from "../../shared/entry/definition.ts";

export const createImport = operation({
  id: "createImport",
  method: "POST",
  path: "/v1/imports",
  permission: "import:write",
  summary: "Announce a file of properties and get the request that uploads it",
  description:
    "Send the bytes as `upload` says, within fifteen minutes; their arrival starts the import. A CSV begins with a " +
    "header, or `header` names its columns; commas, semicolons, tabs and bars separate, in UTF-8 or UTF-16. JSON is " +
    "one array of objects, one object after another, a RESO Web API answer (`value`) or GeoJSON features. Columns are " +
    "found by name (Gable's, RESO's, and those of Redfin, Zillow, Realtor.com and the UK's price paid data), by " +
    "`mapping` where that will not do. Before anything is written the file is read once for how its numbers, dates " +
    "and areas are written; where a column can be read in two ways the import fails and says which of `decimal`, " +
    "`date_order` and `units` decides. A row with a sale date is a sale, unless its status says that it is on the " +
    "market; `close_price` is what was paid, null where that is not told; `price` the last list price, else what was " +
    "paid. A closed lease is `rented`. A row is known again by its source's id and its sale date, without an id by " +
    "address (with its unit) and sale date: the same file again changes nothing. A row changes what it says and " +
    "leaves the rest of a property as it is; `defaults` are for new ones. A dry run counts a property that stands in " +
    "the file twice, more than a thousand rows apart, as two.",
  body: NewImport,
  answer: { status: 201, body: StartedImport },
  access: { table: writeTable("PutItem"), uploads: signUploads("uploads/imports") },
  async run({ body, caller, now, newId, written, commit }) {
    const { resource, format, size_bytes, dry_run = false, mapping = {}, defaults = {} } = body;
    const { decimal, date_order, units, header = null, delimiter = null } = body;
    const started = {
      brokerage_id: caller.brokerage_id,
      owner_user_id: caller.user_id,
      ...firstVersion({ now, written }),
      progress: 0,
    };
    const task_id = newId();
    const task: Task = {
      ...taskKey(caller.brokerage_id, task_id),
      ...started,
      entity: "task",
      id: task_id,
      title: dry_run ? "Try an import of properties" : "Import properties",
      description: null,
      status: "pending",
      priority: "normal",
      category: "import",
      due_date: null,
      property_id: null,
      client_id: null,
    };
    const id = newId();
    const job: Import = {
      ...importKey(caller.brokerage_id, id),
      ...started,
      entity: "import",
      id,
      task_id,
      resource,
      format,
      dry_run,
      size_bytes,
      mapping: Object.entries(mapping),
      defaults,
      options: { decimal, date_order, units },
      header,
      delimiter,
      survey: null,
      reading: null,
      status: "awaiting_upload",
      reason: null,
      rows_total: 0,
      rows_created: 0,
      rows_updated: 0,
      rows_unchanged: 0,
      rows_failed: 0,
      rows_skipped: 0,
      rows_type_unknown: 0,
      undo_removed: 0,
      undo_restored: 0,
      undo_left: 0,
      errors: [],
      columns_ignored: [],
      types_unknown: [],
      undo_skipped: [],
      completed_at: null,
      position: fileStart,
      etag: null,
      asked: written,
      undo_asked: null,
    };
    return commit([create(importItem(job)), create(taskItem(task))], { import: job });
  },
  async present({ import: job }: { import: Import }, { uploads, now }) {
    const expected = { content_type: contentTypes[job.format], size_bytes: job.size_bytes };
    return { import: job, upload: await uploads.sign(fileKey(job), expected, now) };
  },
});
