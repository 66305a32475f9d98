import { ids, written } from "./ids.ts";

const ImportSummary = {
  ...written(ids.import, 7, "2026-02-01T08:15:22.312Z", "2026-02-01T08:17:40.871Z"),
  owner_user_id: ids.admin,
  task_id: ids.task,
  resource: "property",
  format: "csv",
  dry_run: false,
  size_bytes: 2_515_206,
  status: "completed",
  reason: null,
  progress: 100,
  rows_total: 21_613,
  rows_created: 21_609,
  rows_updated: 0,
  rows_unchanged: 3,
  rows_failed: 1,
  rows_skipped: 0,
  rows_type_unknown: 2,
  undo_removed: 0,
  undo_restored: 0,
  undo_left: 0,
  completed_at: "2026-02-01T08:17:40.871Z",
};

const Import = {
  ...ImportSummary,
  errors: [{ row: 15_871, path: "/bedrooms", message: 'must be a number, not "three"' }],
  columns_ignored: ["view", "waterfront"],
  types_unknown: ["Houseboat"],
  undo_skipped: [],
};

/** Bodies and answers about imports. */
export const imports = {
  ImportSummary,
  Import,
  NewImport: {
    resource: "property",
    format: "csv",
    size_bytes: 2_515_206,
    mapping: { grade: null },
    date_order: "mdy",
    defaults: { city: "Seattle", state_or_province: "WA" },
  },
  StartedImport: {
    import: {
      ...Import,
      ...written(ids.import, 1, ImportSummary.created_at),
      status: "awaiting_upload",
      progress: 0,
      rows_total: 0,
      rows_created: 0,
      rows_unchanged: 0,
      rows_failed: 0,
      rows_type_unknown: 0,
      completed_at: null,
      errors: [],
      columns_ignored: [],
      types_unknown: [],
    },
    upload: {
      url: "https://files.example.com/uploads/imports/019c1fd3?X-Amz-Expires=900&X-Amz-Signature=90be",
      method: "PUT",
      headers: { "content-type": "text/csv" },
      expires_at: "2026-02-01T08:30:22.312Z",
    },
  },
};
