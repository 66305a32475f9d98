import { isDeepStrictEqual } from "node:util";
import * as z from "zod/mini";
import { type Client, emailsOf, mostMore, mostTags, phonesOf, type StoredClient } from "./client.ts";
import { type Consent, channels } from "./consent.ts";

import { invalidInput, Problem } from "./problem.ts";
import { internalFields, type RecordOf, recordType } from "./record-type.ts";
import { id, recordFields } from "./schemas.ts";
import { folded } from "./words.ts";

/** How many clients may be merged into one, over all merges that stand. */
export const mostMerged = 10;

const kept = z.optional(id.check(z.describe("The client whose value is kept")));

/** What a merge takes: the clients that are merged into the one of the path, and whose values it gets. */
export const NewMerge = z.strictObject({
  from: z.array(id).check(
    z.minLength(1),
    z.maxLength(mostMerged),
    z.refine<string[]>((ids) => new Set(ids).size === ids.length, "must name each client once"),
    z.meta({ uniqueItems: true }),
  ),
  keep: z.optional(
    z.strictObject({
      ...{ name: kept, email: kept, phone: kept, nurture_status: kept, lead_source: kept },
      owner_user_id: kept,
    }),
  ),
});
export type NewMerge = z.output<typeof NewMerge>;
export type Keep = NonNullable<NewMerge["keep"]>;

/** A merge: which clients were merged into which one, and whether that stands. */
export const Merge = z.object({
  ...recordFields,
  client_id: id,
  from: z.array(id),
  status: z.enum(["merged", "undone", "erased"]),
});

/** A field of the kept client before and after a merge. */
export interface Edit {
  readonly before: unknown;
  readonly after: unknown;
}

/** What a merge changed of the kept client; undoing it takes exactly this back. */
export interface Moved {
  readonly edits: Readonly<Record<string, Edit>>;
  /** Phones and tags that it did not have, by the client who brought them. Emails need no note: they are one client's. */
  readonly phones: Readonly<Record<string, readonly string[]>>;
  readonly tags: Readonly<Record<string, readonly string[]>>;
}

/** Merges in the table. Who may undo one is decided on the kept client. */
export const mergeRecord = recordType({
  name: "merge",
  schema: 1,
  guard: "client",
  fields: Merge,
  listed: Merge,
  internal: internalFields<{
    /** Null once it is undone or erased. */
    readonly moved: Moved | null;
  }>(),
  lists: ["brokerage"],
});
export type StoredMerge = RecordOf<typeof mergeRecord>;

type Fields = Readonly<Record<string, unknown>>;

const singles = [
  ...(["name", "email", "phone", "nurture_status", "lead_source", "owner_user_id", "team_id"] as const),
  ...(["last_contacted_at", "first_responded_at"] as const),
] as const;

/** The fields that a merge may change one by one: `consent.call`, `custom.budget` and so on. */
export function fieldsOf(client: StoredClient): Fields {
  return Object.fromEntries([
    ...singles.map((name) => [name, client[name]]),
    ...channels.map((channel) => [`consent.${channel}`, client.consent[channel]]),
    ...Object.entries(client.custom).map(([name, value]) => [`custom.${name}`, value]),
  ]);
}

/** The same fields as the client's own; what is null in `custom` is not there. */
export function inClient(fields: Fields) {
  const below = (part: string) =>
    Object.fromEntries(
      Object.entries(fields).flatMap(([name, value]) =>
        name.startsWith(`${part}.`) && value != null ? [[name.slice(part.length + 1), value]] : [],
      ),
    );
  return {
    ...(Object.fromEntries(singles.map((name) => [name, fields[name]])) as Pick<
      Client,
      (typeof singles)[number]
    >),
    consent: below("consent") as Consent,
    custom: below("custom") as Client["custom"],
  };
}

/**
 * A field of some clients as one: the first's, else that of the first who has it; the latest contact, the earliest
 * response, the strictest consent.
 */
export function combined(field: string, first: unknown, others: readonly unknown[]): unknown {
  if (field === "owner_user_id" || field === "team_id") return first;
  const known = [first, ...others].filter((value) => value != null);
  if (field === "last_contacted_at") return known.sort().at(-1) ?? null;
  if (field === "first_responded_at") return known.sort()[0] ?? null;
  if (field.startsWith("consent.")) return strictest(known as Said[]);
  return known[0] ?? null;
}

type Said = Consent[keyof Consent];

/**
 * What holds where two records of one person disagree: a revocation, by whichever record, must be honoured (47 CFR
 * 64.1200(a)(10)). Unknown is no word of the person's, so it takes back no grant that is on record with when and how.
 */
function strictest(said: readonly Said[]): Said {
  for (const status of ["revoked", "granted"] as const) {
    const those = said.filter((one) => one.status === status);
    // The client's own word, where it says the same; else the latest.
    if (those.length > 0)
      return those.includes(said[0]!)
        ? said[0]!
        : those.reduce((last, one) => (String(one.at) > String(last.at) ? one : last));
  }
  return said[0]!;
}

/** What differs between two states of a client's fields. */
export const editsOf = (before: Fields, after: Fields): Record<string, Edit> =>
  Object.fromEntries(
    Object.keys({ ...before, ...after }).flatMap((field) => {
      const edit = { before: before[field] ?? null, after: after[field] ?? null };
      return isDeepStrictEqual(edit.before, edit.after) ? [] : [[field, edit]];
    }),
  );

/** The first of some values, without the first and what is in it again. */
export const without = (all: readonly string[], first: string | null) => all.filter((one) => one !== first);

/**
 * What merging others into a client changes of it. `owned` is whose it then is, where `keep` says so. Throws 400 for a
 * value to be kept of a client that takes no part, 409 `limit_reached` for more than a client may have.
 */
export function merging(
  client: StoredClient,
  others: readonly StoredClient[],
  keep: Keep,
  owned: Partial<Pick<Client, "owner_user_id" | "team_id">>,
) {
  const all = [client, ...others];
  const before = fieldsOf(client);
  const fields = others.map(fieldsOf);
  const names = new Set([before, ...fields].flatMap((one) => Object.keys(one)));
  const after: Record<string, unknown> = Object.fromEntries(
    [...names].map((name) => [
      name,
      combined(
        name,
        before[name],
        fields.map((one) => one[name]),
      ),
    ]),
  );
  for (const [name, of] of Object.entries(keep)) {
    const chosen = all.find((one) => one.id === of);
    if (!chosen) throw invalidInput(`/keep/${name}`, "must be one of the clients that are merged");
    after[name] = fieldsOf(chosen)[name] ?? after[name];
  }
  Object.assign(after, owned);
  const phones = all.map(phonesOf);
  const tags = all.map((one) => one.tags);
  const next = {
    ...inClient(after),
    more_emails: without([...new Set(all.flatMap(emailsOf))], after.email as string | null),
    more_phones: without([...new Set(phones.flat())], after.phone as string | null),
    tags: distinct(tags.flat()),
  };
  checkLimits(next);
  const moved: Moved = {
    edits: editsOf(before, after),
    phones: brought(others, phones, (phone) => phone),
    tags: brought(others, tags, folded),
  };
  return { changes: next, moved };
}

/** Each tag once, however it is written. */
const distinct = (tags: readonly string[]): string[] =>
  [...new Map(tags.map((tag) => [folded(tag), tag] as const).reverse()).values()].reverse();

/** What each of the others brings that those before it do not have. */
function brought(
  others: readonly StoredClient[],
  [own = [], ...lists]: readonly (readonly string[])[],
  same: (value: string) => string,
): Record<string, string[]> {
  const known = new Set(own.map(same));
  return Object.fromEntries(
    others.flatMap(({ id }, at) => {
      const fresh = lists[at]!.filter((value) => !known.has(same(value)));
      for (const value of fresh) known.add(same(value));
      return fresh.length > 0 ? [[id, fresh]] : [];
    }),
  );
}

function checkLimits({
  more_emails,
  more_phones,
  tags,
}: Pick<Client, "more_emails" | "more_phones" | "tags">): void {
  const excess = [
    ...(more_emails.length > mostMore ? [`${mostMore} emails beside the first`] : []),
    ...(more_phones.length > mostMore ? [`${mostMore} phones beside the first`] : []),
    ...(tags.length > mostTags ? [`${mostTags} tags`] : []),
  ];
  if (excess.length > 0)
    throw new Problem(
      "limit_reached",
      `A client has at most ${excess.join(" and ")}: remove some of these first`,
    );
}
