import type { Api, ApiAnswer } from "../data/api.ts";
import { busy } from "../data/table.ts";
import { Problem } from "../domain/problem.ts";
import { type Came, lastParameter, type StoredProposal, type TakingBack } from "../domain/proposal.ts";
import { errorFields, log } from "../entry/log.ts";
import { pathOf } from "./tools.ts";

/** Milliseconds for the request: the function that sends it has 29 seconds. */
const longest = 24_000;

/** Whose request it is: their own Authorization header. */
interface As {
  readonly authorization: string;
}

/**
 * Sends the request of an approved proposal as the person who approved it. However often it is sent within a day, it is
 * done once: its Idempotency-Key is the proposal's. Throws as `send`.
 */
export function carryOut(api: Api, { id, route, request, based_on }: StoredProposal, as: As): Promise<Came> {
  return send(api, {
    ...as,
    method: route.method,
    path: pathOf(route.path, request),
    ...(request.body ? { body: request.body } : {}),
    ifMatch: based_on ?? undefined,
    idempotencyKey: `proposal-${id}`,
  });
}

/** Sends what takes back a proposal that was done, as `carryOut`: of the record as it was left, and of no later version. */
export function takeBack(
  api: Api,
  { id, request, result }: StoredProposal,
  { method, path, needs_version, body }: TakingBack,
  as: As,
): Promise<Came> {
  const params = { [lastParameter(path)]: String(result?.id), ...request.params };
  return send(api, {
    ...as,
    method,
    path: pathOf(path, { params, query: {} }),
    ...(body ? { body } : {}),
    ifMatch: needs_version ? Number(result?.version) : undefined,
    idempotencyKey: `undo-${id}`,
  });
}

/**
 * Answers what came of a request for good. Throws 409 `request_in_progress` while another attempt at it runs, and 503
 * `busy` where what came of it is not known or may change in a moment: then it can be sent again. Throws 401 where the
 * session has ended meanwhile.
 */
async function send(api: Api, request: Parameters<Api["call"]>[0]): Promise<Came> {
  const { status, body } = await call(api, request);
  if (status < 300) return { isDone: true, body };
  const { code, detail = `The API answered ${status}` } = (body ?? {}) as { code?: string; detail?: string };
  // It was done, and its answer was erased.
  if (code === "erased") return { isDone: true, body: undefined };
  if (code === "unauthenticated") throw new Problem(code, detail);
  if (code === "request_in_progress") throw new Problem(code, "It is being done: try again in a moment");
  if (code === "conflict" || status === 429 || status >= 500) throw unknown();
  return { isDone: false, status, detail };
}

/** A call that nothing came of is as one that the service was too busy for. */
async function call(api: Api, request: Parameters<Api["call"]>[0]): Promise<ApiAnswer> {
  try {
    return await api.call({ ...request, signal: AbortSignal.timeout(longest) });
  } catch (error) {
    log("proposal_call_failed", errorFields(error));
    throw unknown();
  }
}

const unknown = () =>
  new Problem("busy", "What came of it is not known yet: read the proposal, and try again in a moment", {
    headers: busy().headers ?? {},
  });
