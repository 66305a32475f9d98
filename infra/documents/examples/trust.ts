import { ids } from "./ids.ts";

const hash = "Xr1i3l0Q2sF5m0Zz8cPqv1nB6d9wT4yKjUeHaGx7RkE";
const operation_id = "019cac18-d5c1-7a02-9b4d-1e83f5c7a960";
const changed = {
  ...{ sequence: 4711, entity: "property", id: ids.property, version: 4 },
  ...{ at: "2026-03-02T17:05:00.000Z", by: ids.agent, operation_id },
};
const { sequence, at } = changed;

const AuditCheckpoint = {
  ...{ sequence, hash, at: "2026-03-03T02:00:00.000Z" },
  jws: "eyJhbGciOiJFZERTQSJ9.eyJzZXF1ZW5jZSI6NDcxMX0.bm90IGEgc2lnbmF0dXJl",
};
const CheckpointKey = {
  ...{ kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
  ...{ kid: "7Ht2mZ0q", use: "sig", alg: "EdDSA" },
};
const RecordChange = { ...changed, type: "changed", fields: ["price"] };

/** Answers about the log. */
export const trust = {
  RecordChange,
  RecordChanges: {
    items: [RecordChange, { sequence: sequence + 1, type: "hidden" }],
    ...{ next_since: sequence + 1, has_more: false },
  },
  AuditEvent: {
    ...changed,
    ...{ type: "record_changed", at, ip: "203.0.113.24", user_agent: "Mozilla/5.0 (Macintosh)" },
    ...{ api_key_id: null, hash },
    changes: [{ field: "price", before: 739_000, after: 725_000 }],
  },
  AuditCheckpoint,
  CheckpointKey,
  AuditCheckpointPage: { items: [AuditCheckpoint], next_cursor: null, keys: [CheckpointKey] },
};
