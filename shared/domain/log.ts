import { isDeepStrictEqual } from "node:util";
import type { Shares } from "./access.ts";
import type { AuditType, ChangeType, FieldChange } from "./audit.ts";
import type { WriteStamp } from "./invocation.ts";
import { bodyOf, contents, differences, type Image, withinBounds } from "./log-values.ts";
import { momentOf } from "./uuid.ts";

/** What is erased with a person: it stands beside the entry, and the chain has its salted hash. */
export interface Particulars {
  readonly ip?: string;
  readonly user_agent?: string;
  /** The API key with which it was done; without, a person or a function did it. */
  readonly api_key_id?: string;
  readonly changes?: readonly FieldChange[];
}

/** Something that the log is to say, as one change of an item tells it. */
export interface Happening {
  readonly brokerage_id: string;
  readonly type: AuditType;
  /** How the record changed; undefined for what is no change of a record. */
  readonly change: ChangeType | undefined;
  readonly entity: string;
  readonly id: string;
  readonly version: number | undefined;
  /** When it happened. */
  readonly at: string;
  readonly by: string | null;
  /** The user in whose list it is: who did it, or whose account it is about. */
  readonly actor: string | undefined;
  readonly operation_id: string;
  /** Names of what changed. */
  readonly fields: readonly string[];
  readonly particulars: Particulars;
  /** The sort key of the item that tells it: an operation may tell several things of a record, each by an item. */
  readonly item: string;
}

/** The sort keys of items that tell something to the log; the stream's consumer gets no others. */
export const loggedItems = {
  record: "record",
  session: "session#",
  link: "link#",
  interest: "interest#",
  failedSignIn: "failed#",
} as const;

/** What a change of an item says to the log; undefined where that is nothing. Follows from the two images alone. */
export function happeningIn(before: Image, after: Image): Happening | undefined {
  // What is removed was deleted before, or has expired. What has no stamp nobody wrote through Gable.
  if (!after?.written) return undefined;
  const sk = String(after.sk);
  if (sk === loggedItems.record) return recordHappening(before, after);
  if (sk.startsWith(loggedItems.session)) return sessionHappening(before, after);
  if (sk.startsWith(loggedItems.link)) return linkHappening(before, after);
  if (sk.startsWith(loggedItems.interest)) return interestHappening(before, after);
  if (sk.startsWith(loggedItems.failedSignIn)) return failedSignIn(before, after);
  return undefined;
}

function recordHappening(before: Image, after: NonNullable<Image>): Happening | undefined {
  const version = Number(after.version);
  // Not a version of its own: a password's hash at another cost.
  if (before && Number(before.version) >= version) return undefined;
  const [entity, id] = [String(after.entity), String(after.id)];
  const isErasure = after.erased_at !== undefined && after.erased_at !== before?.erased_at;
  const change = isErasure && "deleted" in after ? "deleted" : changeOf(before, after);
  const isBulk = wroteImport(before, after, version);
  const changes = change === "changed" && before ? differences(contents(before), contents(after)) : [];
  const asked = change === "created" ? whatIsAsked(entity, after) : [];
  const written = after.written as WriteStamp;
  return {
    ...happening(after, { entity, id }, String(after.updated_at), written.by),
    type: isErasure ? "erased" : typeOf(entity, change, changes, written.by),
    change,
    version,
    fields: changes.map(({ field }) => field),
    particulars: particularsOf(written, isBulk || isErasure ? [] : [...changes, ...asked]),
  };
}

/** What somebody took out of the system, or an assistant proposed to them: what it does to which record, without values. */
function whatIsAsked(entity: string, after: NonNullable<Image>): FieldChange[] {
  const { resource, format, filters, operation_id, ai_request_id, request } = bodyOf(after);
  const params = (request as { params?: object } | undefined)?.params;
  const said =
    entity === "export"
      ? { resource, format, filters }
      : entity === "proposal"
        ? { operation_id, ai_request_id, params }
        : {};
  return Object.entries(said).map(([field, value]) => ({ field, before: null, after: value }));
}

function sessionHappening(before: Image, after: NonNullable<Image>): Happening | undefined {
  const userId = String(after.user_id);
  const session = { entity: "session", id: String(after.id) };
  const { by, operation_id } = after.written as WriteStamp;
  const agent = text(after.user_agent);
  if (!before)
    return {
      ...happening(after, session, String(after.created_at), userId, agent),
      type: "sign_in",
    };
  if (before.is_active !== true || after.is_active !== false) return undefined;
  const isReuse = by === refreshing;
  return {
    ...happening(after, session, momentOf(operation_id), isReuse ? null : by),
    type: isReuse ? "refresh_reused" : "sign_out",
    actor: userId,
  };
}

/** The operation that ends a session whose refresh token was used twice. */
const refreshing = "refreshSession";

function linkHappening(before: Image, after: NonNullable<Image>): Happening | undefined {
  const isRevoked = after.revoked_at !== undefined;
  if (before && (before.revoked_at !== undefined || !isRevoked)) return undefined;
  const link = { expires_at: after.expires_at };
  const [field, at] = [`link:${after.id}`, String(isRevoked ? after.revoked_at : after.created_at)];
  const shown = isRevoked ? { field, before: link, after: null } : { field, before: null, after: link };
  const written = after.written as WriteStamp;
  return {
    ...happening(after, { entity: "cma", id: String(after.cma_id) }, at, written.by),
    type: isRevoked ? "share_removed" : "share_added",
    fields: [field],
    particulars: particularsOf(written, [shown]),
  };
}

/** A client's interest in a property, which is no version of the client. */
function interestHappening(before: Image, after: NonNullable<Image>): Happening | undefined {
  const field = `interest:${String(after.sk).slice(loggedItems.interest.length)}`;
  const said = (image: Image) => (image?.listed as { interest?: string } | undefined)?.interest ?? null;
  const [was, is] = [said(before), said(after)];
  if (was === is) return undefined;
  const written = after.written as WriteStamp;
  return {
    ...happening(after, { entity: "client", id: String(after.id) }, String(after.updated_at), written.by),
    type: "record_changed",
    fields: [field],
    particulars: particularsOf(written, [{ field, before: was, after: is }]),
  };
}

function failedSignIn(before: Image, after: NonNullable<Image>): Happening | undefined {
  // At an unknown email: nobody's brokerage.
  if (before || !isId(after.brokerage_id)) return undefined;
  const id = String(after.id);
  return {
    ...happening(after, { entity: "user", id }, String(after.at), null),
    type: "sign_in_failed",
    actor: id,
  };
}

function happening(
  { brokerage_id, sk, written }: NonNullable<Image>,
  { entity, id }: Pick<Happening, "entity" | "id">,
  at: string,
  by: string | null,
  agent?: string,
): Omit<Happening, "type"> {
  const stamp = written as WriteStamp;
  return {
    brokerage_id: String(brokerage_id),
    change: undefined,
    entity,
    id,
    version: undefined,
    at,
    by,
    actor: isId(by) ? by : undefined,
    operation_id: stamp.operation_id,
    fields: [],
    particulars: particularsOf({ ...stamp, ...(agent ? { user_agent: agent } : {}) }, []),
    item: String(sk),
  };
}

const particularsOf = (
  { ip, user_agent, api_key_id }: WriteStamp,
  changes: readonly FieldChange[],
): Particulars => ({
  ...(ip ? { ip } : {}),
  ...(user_agent ? { user_agent } : {}),
  ...(api_key_id ? { api_key_id } : {}),
  ...(changes.length > 0 ? { changes: withinBounds(changes) } : {}),
});

const isId = (value: unknown): value is string => typeof value === "string" && /^[0-9a-f-]{36}$/.test(value);
const text = (value: unknown) => (typeof value === "string" ? value : undefined);

function changeOf(before: Image, after: NonNullable<Image>): ChangeType {
  if (!before) return "created";
  const [was, is] = ["deleted" in before, "deleted" in after];
  if (was === is) return "changed";
  return is ? "deleted" : "restored";
}

/** Whether an import, or its undo, wrote this version: such a change has no values in the log. */
function wroteImport(before: Image, after: NonNullable<Image>, version: number): boolean {
  const { import: mark, undone } = bodyOf(after) as { import?: { version?: number }; undone?: object };
  const undoneBefore = before && bodyOf(before).undone;
  return mark?.version === version || (undone !== undefined && !isDeepStrictEqual(undone, undoneBefore));
}

/** What the type of a change is: the most telling of what changed. */
function typeOf(entity: string, change: ChangeType, changes: readonly FieldChange[], by: string): AuditType {
  const changed = (field: string) => changes.find((one) => one.field === field);
  if (change === "created") {
    if (entity === "api_key") return "key_created";
    if (entity === "export") return "exported";
    if (entity === "proposal") return "ai_proposed";
    // Who signs up or registers is written by the operation; whom somebody adds, by that user.
    return entity === "user" && isId(by) ? "user_invited" : "record_created";
  }
  if (change === "deleted") return entity === "api_key" ? "key_revoked" : "record_deleted";
  if (change === "restored") return "record_restored";
  if (entity === "user") {
    // A reset is by the public operation that takes the mailed token, a change by the user.
    if (changed("password_hash")) return isId(by) ? "password_changed" : "password_reset";
    const active = changed("is_active");
    if (active) return active.after ? "user_reactivated" : "user_deactivated";
    if (changed("role") || changed("role_ids")) return "roles_changed";
  }
  if (entity === "role" && changed("permissions")) return "permissions_changed";
  if (entity === "team") return "team_changed";
  if (entity === "proposal") {
    const status = changed("status")?.after;
    if (status === "approved") return "ai_approved";
    if (status === "undone") return "ai_undone";
  }
  const shares = changed("shares");
  if (shares) return sharesWiden(shares) ? "share_added" : "share_removed";
  const owner = changed("owner_user_id");
  return owner?.before && owner.after ? "handed_over" : "record_changed";
}

/** Whether a share gives somebody more than before: access, writing beside reading, or a later end. */
function sharesWiden({ before, after }: FieldChange): boolean {
  const had = (before ?? {}) as Shares;
  return Object.entries((after ?? {}) as Shares).some(([name, { access, until = never }]) => {
    const was = had[name];
    return !was || (access === "write" && was.access === "read") || until > (was.until ?? never);
  });
}

/** After every moment. */
const never = "~";
