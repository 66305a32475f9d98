import { isDeepStrictEqual } from "node:util";
import { type Client, mostMore, mostTags, newClient, type StoredClient, statusSet } from "../../client.ts";
import { type Consent, channels } from "../../consent.ts";
import type { Owned } from "../../ownership.ts";
import { invalidInput } from "../../problem.ts";
import { folded } from "../../words.ts";
import { saysMore } from "./names.ts";
import { type ClientDefaults, type ClientRow, noOne } from "./row.ts";

/** Who imports, and when: what a consent notes. */
interface As {
  readonly now: Date;
  readonly by: string;
  readonly owned: Owned;
  readonly defaults: ClientDefaults;
}

/** What a row may say of a client. */
type ClientFields = Pick<
  Client,
  | ("name" | "email" | "more_emails" | "phone" | "more_phones" | "tags" | "nurture_status" | "lead_source")
  | ("last_contacted_at" | "custom" | "consent")
> &
  Pick<StoredClient, "nurture_set_at" | "nurture_since">;

/** How a consent that an import tells was given or taken back. */
const how = "Imported file";

/**
 * The client after a row: a new one where there was none, changed, or undefined when the row changes nothing. What a
 * row does not say stays; emails, phones and tags are added and none is replaced. Throws a `Problem` for more than a
 * client may have.
 */
export function afterClientRow(
  before: ClientFields | undefined,
  row: ClientRow,
  { now, by, owned, defaults }: As,
): ClientFields | undefined {
  if (!before) {
    if (row.called === "") throw invalidInput("", noOne);
    const [email = null, ...more_emails] = row.emails;
    const [phone = null, ...more_phones] = row.phones;
    const { nurture_status = defaults.nurture_status, lead_source = defaults.lead_source } = row;
    const tags = [...(defaults.tags ?? []), ...row.tags];
    const body = {
      name: row.called,
      email,
      more_emails,
      phone,
      more_phones,
      tags,
      nurture_status,
      lead_source,
    };
    const client = newClient(body, owned, { now, by });
    return within(row, {
      ...client,
      last_contacted_at: row.last_contacted_at ?? null,
      custom: { ...row.custom },
      consent: consentAfter(client.consent, row.consent, { now, by }),
    });
  }
  const [email, more_emails] = added(before.email, before.more_emails, row.emails);
  const [phone, more_phones] = added(before.phone, before.more_phones, row.phones);
  const known = new Set(before.tags.map(folded));
  const next = {
    ...before,
    name: row.name !== undefined && saysMore(row.name, before.name) ? row.name : before.name,
    email,
    more_emails,
    phone,
    more_phones,
    tags: [...before.tags, ...row.tags.filter((tag) => !known.has(folded(tag)))],
    nurture_status: row.nurture_status ?? before.nurture_status,
    ...(row.nurture_status === before.nurture_status ? {} : statusSet(row, now, before.nurture_status)),
    lead_source: row.lead_source ?? before.lead_source,
    last_contacted_at: latest(before.last_contacted_at, row.last_contacted_at),
    custom: { ...before.custom, ...row.custom },
    consent: consentAfter(before.consent, row.consent, { now, by }),
  };
  return isDeepStrictEqual(next, { ...before }) ? undefined : within(row, next);
}

/** A first value and further ones, with those that are new behind them. */
function added(
  first: string | null,
  more: readonly string[],
  said: readonly string[],
): [string | null, string[]] {
  const all = [...new Set([...(first === null ? [] : [first]), ...more, ...said])];
  return first === null ? [all[0] ?? null, all.slice(1)] : [first, all.slice(1)];
}

const latest = (one: string | null, other: string | undefined): string | null =>
  other !== undefined && (one === null || other > one) ? other : one;

/** A revocation always holds; a grant only where nobody has said anything. */
function consentAfter(
  before: Consent,
  told: ClientRow["consent"],
  { now, by }: { readonly now: Date; readonly by: string },
): Consent {
  const after = channels.flatMap((channel) => {
    const status = told[channel];
    const { status: was } = before[channel];
    const holds = status === "revoked" ? was !== "revoked" : status === "granted" && was === "unknown";
    return holds ? [[channel, { status, at: now.toISOString(), how, by }] as const] : [];
  });
  return { ...before, ...Object.fromEntries(after) };
}

function within({ at }: ClientRow, client: ClientFields): ClientFields {
  const limits = [
    [client.more_emails.length, mostMore, at.email, "emails beside the first"],
    [client.more_phones.length, mostMore, at.phone, "phones beside the first"],
    [client.tags.length, mostTags, at.tags, "tags"],
  ] as const;
  for (const [count, most, path, what] of limits)
    if (count > most) throw invalidInput(path, `would give the client more than ${most} ${what}`);
  return client;
}
