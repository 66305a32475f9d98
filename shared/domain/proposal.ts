import * as z from "zod/mini";
import type { Caller } from "./access.ts";
import { Problem } from "./problem.ts";
import { internalFields, type RecordOf, recordType } from "./record-type.ts";
import { id, recordFields } from "./schemas.ts";

/** proposed → approved → done | failed; proposed → rejected; done → undone. */
export const proposalStatuses = ["proposed", "approved", "done", "rejected", "failed", "undone"] as const;

/** Proposals that one request to the assistant may make. */
export const mostProposals = 20;

/** Fields by their names. */
const fields = z.record(z.string(), z.unknown());
export type Fields = z.output<typeof fields>;

/** A proposal as it is found: without what it would do. */
const ProposalSummary = z.object({
  ...recordFields,
  ai_request_id: id,
  operation_id: z.string().check(z.meta({ examples: ["createTask"] })),
  status: z.enum(proposalStatuses),
});

/** One exact request, which a person approves or rejects. */
export const Proposal = z.extend(ProposalSummary, {
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
  reason: z.nullable(z.string()).check(z.describe("Why it failed")),
  result: z
    .nullable(fields)
    .check(z.describe("What the request answered"), z.meta({ examples: [{ id: "019c3b5e", version: 1 }] })),
});
export type Proposal = z.output<typeof Proposal>;

/** What a person says with a decision: the version that they were shown. */
export const ProposalVersion = z.strictObject({
  version: z.int().check(z.gte(1), z.lte(1_000_000), z.describe("Of the proposal, as it was shown")),
});

/** An operation's method and path, as they were when it was proposed: a later release does nothing else. */
interface Route {
  readonly method: string;
  readonly path: string;
}

/** What takes it back: it names the record by the same parameter, or the one that was created. */
export interface TakingBack extends Route {
  readonly operation_id: string;
  readonly needs_version: boolean;
  /** Of a change: the former values. */
  readonly body: Fields | null;
}

interface Internal {
  readonly route: Route;
  /** The version of the record that it is about, at which alone it may be done. */
  readonly based_on?: number | null;
  readonly taken_back?: TakingBack | null;
  readonly approved_at?: string | null;
  /** The client whom it is about: what it says of them is erased with them. */
  readonly about_client_id?: string | null;
}

/** Proposals in the table; who may see them is decided by the request that made them. */
export const proposalRecord = recordType({
  name: "proposal",
  schema: 1,
  guard: "ai",
  fields: Proposal,
  listed: ProposalSummary,
  internal: internalFields<Internal>(),
  lists: ["brokerage"],
  parent: { name: "ai_request", idOf: ({ ai_request_id }) => ai_request_id },
  indexAttributes: ({ about_client_id = null }) => ({ client_id: about_client_id }),
});
export type StoredProposal = RecordOf<typeof proposalRecord>;

/** What an assistant has proposed, before it is kept. */
export type Proposed = Pick<Proposal, "operation_id" | "request" | "preview"> & Omit<Internal, "approved_at">;

/** A new proposal of a request to the assistant. */
export const newProposal = (proposed: Proposed, ai_request_id: string) => ({
  ...proposed,
  ...{ ai_request_id, status: "proposed" as const, reason: null, result: null },
});

/** Throws 403 unless the caller is the person who asked the assistant, signed in themselves. */
export function checkAsker({ user_id }: { readonly user_id: string }, caller: Caller): void {
  if (caller.session_id === undefined || caller.ai_request_id !== undefined)
    throw new Problem(
      "forbidden",
      "A person decides about what was proposed: sign in with email and password",
    );
  if (caller.user_id !== user_id)
    throw new Problem("forbidden", "Who asked the assistant decides about what it proposed, and nobody else");
}

/** Hours after an approval in which a request that was interrupted is sent again: its answer is kept for 24. */
const hoursRepeated = 23;

/**
 * What approving changes of a proposal as it was shown; undefined where it was approved and what came of it is not
 * known: then the same request is sent again, for the version that was approved, too. Throws 412 for another version,
 * 409 where there is nothing to approve.
 */
export function approval(proposal: StoredProposal, shown: number, now: Date) {
  const { status, approved_at, version } = proposal;
  if (status !== "approved" || shown !== version - 1) checkShown(proposal, shown);
  if (status === "proposed") return { status: "approved" as const, approved_at: now.toISOString() };
  if (status !== "approved") throw cannot(`is ${status}`, "approved");
  if (now.getTime() - Date.parse(approved_at ?? "") > hoursRepeated * 3_600_000)
    throw new Problem(
      "invalid_transition",
      "It was approved a day ago and what came of it is not known: look at the record, and ask for it again",
    );
  return undefined;
}

/** What rejecting changes of a proposal as it was shown. Throws 412 and 409 as `approval`. */
export function rejection(proposal: StoredProposal, shown: number) {
  checkShown(proposal, shown);
  if (proposal.status !== "proposed") throw cannot(`is ${proposal.status}`, "rejected");
  return { status: "rejected" as const };
}

/** What takes back a proposal that was done. Throws 412 for another version, 409 where nothing does. */
export function takingBack(proposal: StoredProposal, shown: number): TakingBack {
  checkShown(proposal, shown);
  const { status, taken_back, result } = proposal;
  if (status !== "done") throw cannot(`is ${status}`, "undone");
  if (!taken_back || !result?.id) throw cannot("has nothing that takes it back", "undone");
  return taken_back;
}

/** Throws 412 for a proposal that is not as it was shown. */
function checkShown({ version }: StoredProposal, shown: number): void {
  if (version !== shown)
    throw new Problem("stale_version", "The proposal has changed since you read it: read it again");
}

const cannot = (why: string, what: string) =>
  new Problem("invalid_transition", `A proposal that ${why} cannot be ${what}`);

/** What came of a request for good: its answer, or the problem with which it was refused. */
export type Came =
  | { readonly isDone: true; readonly body: unknown }
  | { readonly isDone: false; readonly status: number; readonly detail: string };

/** How an approved proposal ends. */
export function ending(proposal: StoredProposal, came: Came) {
  if (!came.isDone) return { status: "failed" as const, reason: reasonOf(came) };
  const result = resultOf(came.body, proposal);
  const isClient = proposal.operation_id === "createClient" && typeof result.id === "string";
  const made = isClient ? { about_client_id: String(result.id) } : {};
  return { status: "done" as const, result, reason: null, ...made };
}

function reasonOf({ status, detail }: Extract<Came, { isDone: false }>): string {
  if (status === 412) return "The record has changed since it was proposed";
  if (status === 404) return "The record is no longer there, or no longer yours to change";
  return detail;
}

/** Longest result that is kept whole, in characters of JSON. */
const longestResult = 20_000;

/** An answer as it is kept: without signed URLs, and of a long one what names it. Of what was deleted the id is kept. */
function resultOf(body: unknown, { route, request }: StoredProposal): Fields {
  if (typeof body !== "object" || body === null)
    return route.method === "DELETE" ? { id: request.params[lastParameter(route.path)] } : {};
  const json = JSON.stringify(body, (_, value) => (isSigned(value) ? undefined : value));
  const result = JSON.parse(json) as Fields;
  return json.length <= longestResult ? result : { id: result.id, version: result.version };
}

/** The parameter of a path that names its record. */
export const lastParameter = (path: string): string => /\{(\w+)\}[^{]*$/.exec(path)?.[1] ?? "";

const isSigned = (value: unknown): boolean =>
  typeof value === "string" && /[?&](X-Amz-Signature|Signature)=/i.test(value);

/** Throws why a proposal was not undone: 403 where it is not allowed any more, else 409. */
export function refuseUndoing({ status, detail }: Extract<Came, { isDone: false }>): never {
  if (status === 403) throw new Problem("forbidden", detail);
  throw new Problem(
    "invalid_transition",
    status === 412
      ? "The record has changed since, so it is not undone"
      : status === 404
        ? "The record is no longer there, or no longer yours to change, so it is not undone"
        : `It is not undone: ${detail}`,
  );
}
