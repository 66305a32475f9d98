import { createHash } from "node:crypto";

/** Ids in the examples: the same record has the same one wherever it is named. */
export const ids = {
  brokerage: "019bb1d7-6f40-7c2a-8e15-3f9a1c5b7d20",
  admin: "019bb1d7-6f41-7a08-b3d4-60c2e8f19a37",
  agent: "019bb1f7-0ca7-7e51-9b6c-2d84f7a0c3e5",
  team: "019bb204-51c6-7f1d-8a37-b9e60d24c581",
  session: "019cac18-d5c0-7f3e-a471-9c06b2e85d13",
  property: "019c3b5e-8a40-7d1c-9f2e-4b6a8c0d2e4f",
  media: "019c3b6a-11d8-7b94-8c53-e7f02a6d9b18",
  cma: "019cacf0-7b02-7460-b1ef-83d5a92c6e07",
  sales: [
    "019b2a41-93c6-7d05-a2b8-f1406e7c8d92",
    "0199d8e2-4f70-7a3b-9e64-0c5b8a21f7d6",
    "019aeb5c-70d1-7c49-8b2f-d6a3e9140f5b",
  ],
  link: "019cad02-5e19-7c8d-8f30-6a9eb4d1725c",
  import: "019c1fd3-2a88-7690-bc17-45e8d3f09a6b",
  export: "019cad81-c3ef-7d42-9a06-58f1e7b3c024",
  call: "019cae0b-9d60-7b27-a4c1-5f38e6d0729c",
  task: "019c1fd3-2a89-7e12-93a5-b80c7f64d2e1",
  handOver: "019cad57-06c6-7a3f-9d15-2b84c7f0e6a9",
  heir: "019c0a7d-4e12-7c58-b0f9-71d3a5e8426b",
} as const;

/** The example id of a type of record ("showing"), or of the one that a field names ("showing_id", "created_by"). */
export function idOf(field: string): string {
  const record = field.replace(/_id$/, "").replaceAll(" ", "_");
  if (/(^|_)user$|_by$/.test(record)) return ids.agent;
  const known = Object.entries(ids).find(([name]) => name === record)?.[1];
  if (typeof known === "string") return known;
  const hash = createHash("sha256").update(record).digest("hex");
  return [`019c${hash.slice(0, 4)}`, hash.slice(4, 8), `7${hash.slice(8, 11)}`, `8${hash.slice(11, 14)}`]
    .concat(hash.slice(14, 26))
    .join("-");
}

/** What every record shows of itself. */
export const written = (id: string, version: number, created_at: string, updated_at = created_at) => ({
  id,
  version,
  created_at,
  updated_at,
});
