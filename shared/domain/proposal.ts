import * as z from "zod/mini";
import { internalFields, type RecordOf, recordType } from "./record-type.ts";
import { id, recordFields } from "./schemas.ts";

/** proposed → approved → done | failed; proposed → rejected; done → undone. */
export const proposalStatuses = ["proposed", "approved", "done", "rejected", "failed", "undone"] as const;

/** Fields by their names. */
const fields = z.record(z.string(), z.unknown());

/** One exact request, which a person approves or rejects. */
export const Proposal = z.object({
  ...recordFields,
  ai_request_id: id,
  operation_id: z.string().check(z.meta({ examples: ["createTask"] })),
  request: z.object({
    params: z.record(z.string(), z.string()),
    query: z.record(z.string(), z.string()),
    body: z.nullable(fields),
  }),
  preview: z
    .object({
      title: z.string().check(z.describe("What it would do, in a few words")),
      before: z.nullable(fields).check(z.describe("What it changes, as it was when it was proposed")),
      after: z.nullable(fields).check(z.describe("The same afterwards; null where it deletes")),
      undo: z
        .nullable(z.string())
        .check(
          z.describe("How it can be undone; null where it cannot"),
          z.meta({ examples: ["deleteTask"] }),
        ),
    })
    .check(z.describe("What is approved")),
  status: z.enum(proposalStatuses),
  reason: z.nullable(z.string()).check(z.describe("Why it failed")),
  result: z
    .nullable(fields)
    .check(z.describe("What the request answered"), z.meta({ examples: [{ id: "019c3b5e", version: 1 }] })),
});
export type Proposal = z.output<typeof Proposal>;

/** Proposals in the table; who may see them is decided by the request that made them. */
export const proposalRecord = recordType({
  name: "proposal",
  schema: 1,
  guard: "ai",
  fields: Proposal,
  listed: Proposal,
  internal: internalFields<{
    /** The version of the record that it is about, at which alone it may be done. */
    readonly based_on?: number | null;
  }>(),
  lists: ["brokerage"],
  parent: { name: "ai_request", idOf: ({ ai_request_id }) => ai_request_id },
});
export type StoredProposal = RecordOf<typeof proposalRecord>;
