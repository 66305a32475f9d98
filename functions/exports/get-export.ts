import { exportKey } from "../../shared/data/export-file.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { readTable } from "../../shared/data/table.ts";
import {
  asOf,
  Export,
  exportRecord,
  exportTypes,
  fileName,
  mayFetch,
  type StoredExport,
} from "../../shared/domain/export.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const getExport = operation({
  id: "getExport",
  method: "GET",
  path: "/v1/exports/{export_id}",
  permission: "export:read",
  summary: "Show how far an export is, and where its file is",
  answer: { status: 200, body: Export },
  access: { table: readTable, files: signReads("exports") },
  record: recordAt(exportRecord, "export_id"),
  async run({ record }) {
    return record;
  },
  async present(record: StoredExport, { files, caller, now }) {
    const shown = { content_type: exportTypes[record.format], download_as: fileName(record) };
    const url = mayFetch(caller, record, now) ? await files.sign(exportKey(record), shown, now) : null;
    return { ...asOf(record, now), url };
  },
});
