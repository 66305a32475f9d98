/** Every error a caller can see: its code, HTTP status and title. Closed: an error not listed here is `internal`. */
export const problems = {
  invalid_input: { status: 400, title: "The input is not valid" },
  invalid_json: { status: 400, title: "The body is not JSON" },
  invalid_cursor: {
    status: 400,
    title: "The cursor is not valid for this list: start again without a cursor",
  },
  invalid_token: {
    status: 400,
    title: "The link was used, has expired or is incomplete: ask for a new one",
  },
  unauthenticated: { status: 401, title: "Sign in first" },
  wrong_credentials: { status: 401, title: "The email or the password is wrong" },
  forbidden: { status: 403, title: "Your role does not allow this" },
  not_found: { status: 404, title: "Not found" },
  method_not_allowed: { status: 405, title: "This address takes another method" },
  conflict: { status: 409, title: "Another request changed the record at the same time: try again" },
  email_taken: { status: 409, title: "The email is already in use" },
  name_taken: { status: 409, title: "The name is already in use" },
  duplicate: { status: 409, title: "The brokerage knows this client already, or someone very like them" },
  cannot_merge: { status: 422, title: "The clients cannot be merged" },
  merged: { status: 409, title: "The client was merged into another: use that one" },
  slug_taken: { status: 409, title: "The slug is already in use" },
  field_type_fixed: {
    status: 409,
    title: "The type of a custom field never changes: add a field with another name",
  },
  limit_reached: { status: 409, title: "The record has reached the maximum number of these" },
  cannot_share: { status: 422, title: "The record cannot be shared with them" },
  cannot_route: { status: 422, title: "Leads would go to nobody by these rules" },
  cannot_hand_over: { status: 422, title: "The records cannot be handed over to them" },
  hand_over_running: {
    status: 409,
    title: "A hand-over from or to one of the two users is running: try again when it has ended",
  },
  in_use: { status: 409, title: "Something else needs the record: remove that first" },
  last_admin: {
    status: 409,
    title: "The brokerage would have no active admin: make another user an admin first",
  },
  invalid_transition: { status: 409, title: "The current state does not allow this" },
  not_completed: { status: 409, title: "The analysis is not completed" },
  not_approved: {
    status: 409,
    title: "The analysis is not approved: approve it before you share it",
  },
  request_in_progress: {
    status: 409,
    title: "The first request with this Idempotency-Key is still running: try again in a moment",
  },
  gone: { status: 410, title: "What was asked for is no longer kept" },
  erased: { status: 410, title: "It was done, and its answer was erased with the person it named" },
  stale_version: { status: 412, title: "The record has changed since you read it: read it again" },
  too_large: { status: 413, title: "The body is too large" },
  unsupported_media_type: { status: 415, title: "The content type is not supported" },
  budget_exceeded: { status: 429, title: "The month's budget for the assistant is used up" },
  idempotency_key_reused: {
    status: 422,
    title: "The Idempotency-Key was already used for a different request",
  },
  narrow_the_list: {
    status: 422,
    title: "The list is too long for this sort: use another sort or add a filter",
  },
  if_match_required: { status: 428, title: "Send If-Match with the version you read" },
  too_many_requests: { status: 429, title: "Too many requests" },
  busy: { status: 503, title: "The service is busy: try again in a moment" },
  ai_unavailable: { status: 503, title: "No assistant is set up here" },
  pdf_unavailable: { status: 503, title: "PDF is not available here: request text/html" },
  internal: { status: 500, title: "Something went wrong on our side" },
} as const satisfies Record<string, { status: number; title: string }>;

export type ProblemCode = keyof typeof problems;

/** A client whom a new one may be, and what tells so. */
export interface Candidate {
  readonly id: string;
  readonly name: string;
  readonly matched_by: "email" | "phone" | "name";
}

/** One field of the input and what is wrong with it; `path` is a JSON Pointer, or a parameter or header name. */
export interface InputError {
  readonly path: string;
  readonly message: string;
}

/** An error meant for the caller; becomes an RFC 9457 problem document. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly errors: readonly InputError[] | undefined;
  readonly headers: Readonly<Record<string, string>> | undefined;
  /** Of `gone`: the first that is kept. */
  readonly firstKept: number | undefined;
  /** Of `duplicate`: those of the known clients that the caller may see. */
  readonly candidates: readonly Candidate[] | undefined;

  constructor(
    code: ProblemCode,
    detail: string = problems[code].title,
    more: {
      errors?: readonly InputError[];
      headers?: Readonly<Record<string, string>>;
      firstKept?: number;
      candidates?: readonly Candidate[];
    } = {},
  ) {
    super(detail);
    this.name = "Problem";
    this.code = code;
    this.errors = more.errors;
    this.headers = more.headers;
    this.firstKept = more.firstKept;
    this.candidates = more.candidates;
  }

  get status(): number {
    return problems[this.code].status;
  }
}

/** A 400 about one field. */
export function invalidInput(path: string, message: string): Problem {
  return new Problem("invalid_input", `${path} ${message}`.trim(), { errors: [{ path, message }] });
}
