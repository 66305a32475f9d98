import { createHash } from "node:crypto";
import type { AuditCheckpoint, AuditType, ChangeType } from "./audit.ts";
import type { Happening } from "./log.ts";

/** An entry of a brokerage's log as stored. */
export interface LogEntry {
  readonly sequence: number;
  /** When it happened, and when it was logged; the latter never goes back. */
  readonly at: string;
  readonly logged_at: string;
  readonly type: AuditType;
  readonly change?: ChangeType | undefined;
  readonly entity: string;
  readonly id: string;
  readonly version?: number | undefined;
  readonly by: string | null;
  readonly actor?: string | undefined;
  readonly operation_id: string;
  readonly fields: readonly string[];
  /** Where it came from and the values, as JSON, and their salt; both are gone once a person was erased. */
  readonly particulars?: string | undefined;
  readonly salt?: string | undefined;
  readonly particulars_hash?: string | undefined;
  readonly hash: string;
}

/** The end of a log: how many entries it has, and the hash of the last. */
export interface Head {
  readonly sequence: number;
  readonly hash: string;
  readonly logged_at: string;
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("base64url");

/** A log without entries. Each brokerage's begins with a hash of its own: no log can stand for another's. */
export const emptyLog = (brokerageId: string): Head => ({
  sequence: 0,
  hash: sha256(`log of ${brokerageId}`),
  logged_at: "",
});

/** The next entry of a log. `salt` is random: without it nobody can guess values from their hash. */
export function entryAfter(head: Head, happening: Happening, now: Date, salt: string): LogEntry {
  const { brokerage_id: _, item: __, particulars, ...said } = happening;
  const text = Object.keys(particulars).length > 0 ? JSON.stringify(particulars) : undefined;
  const moment = now.toISOString();
  const entry = {
    ...said,
    sequence: head.sequence + 1,
    logged_at: moment > head.logged_at ? moment : head.logged_at,
    ...(text ? { particulars: text, salt, particulars_hash: particularsHash(salt, text) } : {}),
  };
  return { ...entry, hash: linkHash(head.hash, entry) };
}

const particularsHash = (salt: string, text: string) => sha256(`${salt}\n${text}`);

/** The hash of an entry: over the one before and all that it says, of its particulars only their salted hash. */
const linkHash = (before: string, entry: Omit<LogEntry, "hash">): string =>
  sha256(
    JSON.stringify([
      before,
      entry.sequence,
      entry.at,
      entry.logged_at,
      entry.type,
      entry.change ?? null,
      entry.entity,
      entry.id,
      entry.version ?? null,
      entry.by,
      entry.actor ?? null,
      entry.operation_id,
      entry.fields,
      entry.particulars_hash ?? null,
    ]),
  );

/** Why a log is not what it was. */
export interface Fault {
  /** The first entry at which it shows. */
  readonly sequence: number;
  readonly because: string;
}

/** What a verification found. */
export interface Verified {
  /** Entries that hold together, from the first. */
  readonly entries: number;
  /** Entries of these whose particulars were erased. */
  readonly erased: number;
  /** Checkpoints that agree with them. */
  readonly checkpoints: number;
  readonly fault?: Fault;
}

/**
 * Follows a log from its first entry, and compares it with checkpoints (their signatures are verified elsewhere). A
 * chain shows that nothing was changed here and there; that it was not rewritten as a whole, only checkpoints show.
 */
export async function verifyLog(
  brokerageId: string,
  entries: AsyncIterable<LogEntry> | Iterable<LogEntry>,
  checkpoints: readonly Pick<AuditCheckpoint, "sequence" | "hash" | "at">[],
): Promise<Verified> {
  const due = [...checkpoints].sort((a, b) => a.sequence - b.sequence);
  let [count, erased, agreed, signedTo] = [0, 0, 0, 0];
  let hash = emptyLog(brokerageId).hash;
  const found = (fault?: Fault): Verified => ({
    ...{ entries: count, erased, checkpoints: agreed },
    ...(fault ? { fault } : {}),
  });
  for await (const entry of entries) {
    const fault = brokenLink(hash, count, entry);
    if (fault) return found(fault);
    for (; due[0]?.sequence === entry.sequence; due.shift()) {
      const [{ at, hash: signed }] = due as [AuditCheckpoint];
      if (signed !== entry.hash)
        return found({
          sequence: signedTo + 1,
          because: `an entry from ${signedTo + 1} to ${entry.sequence} is not the one that was signed on ${at}`,
        });
      agreed++;
      signedTo = entry.sequence;
    }
    hash = entry.hash;
    count++;
    if (entry.particulars_hash && entry.particulars === undefined) erased++;
  }
  const [missing] = due;
  if (!missing) return found();
  const because = `the log ends at ${count}, but it had ${missing.sequence} entries on ${missing.at}`;
  return found({ sequence: count + 1, because });
}

function brokenLink(before: string, count: number, entry: LogEntry): Fault | undefined {
  const sequence = count + 1;
  if (entry.sequence !== sequence) return { sequence, because: `entry ${sequence} is missing` };
  const { particulars, salt = "", particulars_hash } = entry;
  if (particulars !== undefined && particularsHash(salt, particulars) !== particulars_hash)
    return { sequence, because: `the values of entry ${sequence} were changed` };
  if (linkHash(before, entry) !== entry.hash)
    return { sequence, because: `entry ${sequence}, or one before it, was changed` };
  return undefined;
}
