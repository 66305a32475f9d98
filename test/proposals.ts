import { areas } from "../functions/index.ts";
import { assistantTools } from "../infra/documents/tools.ts";
import { type Asked, proposalOf } from "../shared/ai/propose.ts";
import { type Api, callApi } from "../shared/data/api.ts";
import type { Grant } from "../shared/data/grant.ts";
import { proposedIn } from "../shared/data/proposals.ts";
import { changeRecord, createRecord } from "../shared/data/records.ts";
import { readSecret } from "../shared/data/secret.ts";
import type { Table } from "../shared/data/table.ts";
import { aiRequestRecord, type StoredAiRequest } from "../shared/domain/ai-request.ts";
import type { Invocation } from "../shared/domain/invocation.ts";
import { type Proposed, proposalRecord, type StoredProposal } from "../shared/domain/proposal.ts";
import type { Operation } from "../shared/entry/definition.ts";
import { invocation } from "../shared/entry/invocation.ts";
import { assistantAuthorization } from "../shared/identity/assistant-tokens.ts";
import { client, ok } from "./client.ts";
import { brokerageOf, cloud, type SignedIn } from "./cloud.ts";
import { table } from "./in-process.ts";
import { readAll } from "./properties.ts";
import { stored } from "./records.ts";

/** A request to the assistant that is being worked on, as it is stored. */
export const askedFor = (user_id: string, content: string, { now, written }: Invocation) => ({
  ...{ user_id, owner_user_id: user_id, source: "chat" as const, provider: "openai" as const, model: "test" },
  ...{ status: "processing" as const, started_at: now.toISOString(), asked: { ...written, by: user_id } },
  request_payload: { messages: [{ role: "user" as const, content }] },
});

/** A proposal to add a task. */
export const aTask = (title = "Call about the open house"): Proposed => ({
  operation_id: "createTask",
  request: { params: {}, query: {}, body: { title } },
  preview: { title: `Add a task: ${title}`, before: null, after: { title }, undo: "deleteTask" },
  route: { method: "POST", path: "/v1/tasks" },
  taken_back: {
    ...{ operation_id: "deleteTask", method: "DELETE", path: "/v1/tasks/{task_id}" },
    ...{ needs_version: true, body: null },
  },
});

/** The session of a token. */
export const sessionOf = ({ token }: Pick<SignedIn, "token">): string =>
  JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()).sid;

/** Has somebody ask the assistant, as if its worker had begun. */
export async function ask(
  who: SignedIn,
  asked: object = {},
  fields: Partial<StoredAiRequest> = {},
): Promise<StoredAiRequest> {
  const invoked = invocation(who.user.id, null);
  const made = { ...askedFor(who.user.id, "What is next?", invoked), ...fields };
  const by = { ...made.asked, session_id: sessionOf(who), ...asked };
  const { record, writes } = createRecord(aiRequestRecord, brokerageOf(who), { ...made, asked: by }, invoked);
  await table.commit(writes);
  return record;
}

const secret = readSecret("assistant").open(cloud.assistantSecret);

/** The Authorization header of the assistant that works on a request. */
export function assistantOf({ brokerage_id, user_id, id, asked, started_at }: StoredAiRequest) {
  const { session_id, api_key_id } = asked;
  const signed_in_by = session_id ? { session_id } : { api_key_id: api_key_id! };
  return assistantAuthorization(
    secret,
    { brokerage_id, user_id, ai_request_id: id, signed_in_by },
    started_at!,
  );
}

export const tools = assistantTools(areas);
/** The API as an assistant calls it: what it proposes is answered 204, which the document promises nobody else. */
export const gateway = callApi.open(cloud.url);

/** What comes of an assistant's wish to propose something. */
export async function proposing(request: StoredAiRequest, asked: Asked, api = gateway) {
  return proposalOf({ api, authorization: await assistantOf(request), tools }, asked);
}

/** Has the assistant propose something for somebody, and end; answers its request and the proposals. */
export async function proposedFor(
  who: SignedIn,
  ...all: readonly Asked[]
): Promise<{ readonly request: StoredAiRequest; readonly proposals: StoredProposal[] }> {
  const request = await ask(who);
  const made: Proposed[] = [];
  for (const asked of all) {
    const one = await proposing(request, asked);
    if (!one.ok) throw new Error(one.problem);
    made.push(one.fields);
  }
  const invoked = invocation("runAiRequest", null);
  const { changes, also } = proposedIn(request, made, invoked);
  const ended = { ...changes, status: "completed" as const, completed_at: invoked.now.toISOString() };
  const { record, writes } = changeRecord(aiRequestRecord, request, ended, invoked);
  await table.commit([...writes, ...also]);
  const proposals = await Promise.all(
    changes.proposals.map((id) => stored(proposalRecord, request.brokerage_id, id)),
  );
  return { request: record, proposals: proposals.flatMap((one) => one ?? []) };
}

/** The first of what the assistant proposes for somebody. */
export const proposed = async (who: SignedIn, what: Asked): Promise<StoredProposal> =>
  (await proposedFor(who, what)).proposals[0]!;

/** How a decision names a proposal, as whoever decides was shown it. */
export const at = ({
  ai_request_id,
  id,
  version,
}: Pick<StoredProposal, "ai_request_id" | "id" | "version">) => ({
  params: { ai_request_id, proposal_id: id },
  body: { version },
});

/** A proposal as it is by now. */
export async function shownNow({ token }: SignedIn, one: Pick<StoredProposal, "ai_request_id" | "id">) {
  const { items } = await ok(client.listProposals({ token, params: { ai_request_id: one.ai_request_id } }));
  return items.find(({ id }) => id === one.id)!;
}

/** The ids of all tasks of a title that somebody reads. */
export const tasksOf = async ({ token }: SignedIn, title: string): Promise<string[]> =>
  (await readAll("/v1/tasks", token)).filter((task) => task.title === title).map(({ id }) => id);

/** An operation whose own calls of the API go another way. */
export function withApi(operation: Operation, change: (api: Api) => Api): Operation {
  const grant = operation.access.api as Grant<Api>;
  const changed: Grant<Api> = { ...grant, open: (origin) => change(grant.open(origin)) };
  return { ...operation, access: { ...operation.access, api: changed } };
}

/** A table that fails at its commit of a place, as a function that dies there. */
export const failingAt =
  (place: number) =>
  (real: Table): Table => {
    let commits = 0;
    return {
      ...real,
      async commit(writes) {
        if (++commits === place) throw new Error("died");
        await real.commit(writes);
      },
    };
  };
