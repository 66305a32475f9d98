import { readTable } from "../../shared/data/table.ts";
import { Import, importRecord } from "../../shared/domain/import.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const getImport = operation({
  id: "getImport",
  method: "GET",
  path: "/v1/imports/{import_id}",
  permission: "import:read",
  summary: "Show how far an import is, what it did and what it could not take",
  answer: { status: 200, body: Import },
  access: { table: readTable },
  record: recordAt(importRecord, "import_id"),
  async run({ record }) {
    return record;
  },
});
