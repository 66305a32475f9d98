import type { Api } from "../../data/api.ts";
import { Problem } from "../../domain/problem.ts";
import type { Proposal } from "../../domain/proposal.ts";
import { id } from "../../domain/schemas.ts";
import { answered } from "./read.ts";
import { failed, failedBy, resultOf, told, withoutLinks } from "./tool-result.ts";

/** Where a proposal is. */
export interface Place {
  readonly ai_request_id: string;
  readonly proposal_id: string;
}

type Shown = Pick<Proposal, "operation_id" | "request" | "preview" | "status" | "reason">;

const pathTo = ({ ai_request_id, proposal_id }: Place) =>
  `/ai-requests/${ai_request_id}/proposals/${proposal_id}`;

/**
 * A new proposal, as its tool answers it. Who can show a person a link is asked to, and gets the proposal when they come
 * back: the link leads to where it is approved, and coming back approves nothing.
 */
export function proposed(
  proposal: Shown,
  place: Place,
  { appOrigin, showsLinks }: { readonly appOrigin: string; readonly showsLinks: boolean },
): object {
  if (!showsLinks) return shown(proposal, place, appOrigin);
  return {
    resultType: "input_required",
    inputRequests: {
      approval: {
        method: "elicitation/create",
        params: {
          mode: "url",
          message: `${proposal.preview.title}. Look at it in Gable, and approve or reject it there.`,
          url: appOrigin + pathTo(place),
        },
      },
    },
    requestState: `${place.ai_request_id}/${place.proposal_id}`,
  };
}

function shown(proposal: Shown, place: Place, appOrigin: string): object {
  const { operation_id, request, preview, status, reason } = proposal;
  const approve = {
    by: "the person who asked, in a session of their own",
    link: appOrigin + pathTo(place),
    operation: `POST /v1${pathTo(place)}/approve`,
  };
  const data = {
    ...place,
    status,
    reason,
    operation_id,
    request,
    preview,
    ...(status === "proposed" ? { approve } : {}),
  };
  return told(
    `${says[status]} ${preview.title}\n${JSON.stringify(withoutLinks(data))}`,
    withoutLinks(data) as object,
  );
}

const says = {
  proposed: "Proposed, and not done: a person has not decided yet.",
  approved: "Approved, and being done.",
  done: "Approved, and done.",
  rejected: "Rejected: it will not be done.",
  failed: "Approved, but it could not be done.",
  undone: "Done, and undone again.",
} as const satisfies Record<Proposal["status"], string>;

/** A proposal as it is now, for who comes back with what `proposed` gave them: read as they may read it. */
export async function proposedBefore(
  state: string,
  {
    api,
    authorization,
    appOrigin,
  }: { readonly api: Api; readonly authorization: string; readonly appOrigin: string },
): Promise<object> {
  const [ai_request_id = "", proposal_id = "", ...more] = state.split("/");
  if (more.length > 0 || ![ai_request_id, proposal_id].every((one) => id.safeParse(one).success))
    return failed({ code: "invalid_input", detail: "requestState is none that was given" });
  try {
    const path = `/v1/ai-requests/${ai_request_id}/proposals?limit=100`;
    const answer = await answered(api, { authorization, method: "GET", path });
    if (answer.status >= 400) return resultOf(answer);
    const { items } = answer.body as { readonly items: readonly Proposal[] };
    const found = items.find((one) => one.id === proposal_id);
    if (!found) return failed({ code: "not_found", detail: "There is no such proposal" });
    return shown(found, { ai_request_id, proposal_id }, appOrigin);
  } catch (error) {
    if (error instanceof Problem) return failedBy(error);
    throw error;
  }
}
