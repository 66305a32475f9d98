import { ids, written } from "./ids.ts";

const ExportSummary = {
  ...written(ids.export, 4, "2026-03-02T16:40:12.207Z", "2026-03-02T16:40:14.031Z"),
  owner_user_id: ids.agent,
  task_id: ids.task,
  resource: "property",
  format: "csv",
  filters: { status: "sold", min_price: 500_000 },
  status: "completed",
  reason: null,
  progress: 100,
  rows: 9_480,
  size_bytes: 4_361_870,
  completed_at: "2026-03-02T16:40:14.031Z",
  expires_at: "2026-03-03T16:40:14.031Z",
};

/** Bodies and answers about exports. */
export const exported = {
  ExportSummary,
  Export: {
    ...ExportSummary,
    url: "https://files.example.com/exports/019cad81?X-Amz-Expires=900&X-Amz-Signature=90be",
  },
  NewExport: { resource: "property", format: "csv", filters: { status: "sold", min_price: 500_000 } },
};
