import { isDeepStrictEqual } from "node:util";
import { type Client, emailsOf, phonesOf, type StoredClient } from "./client.ts";
import { channels } from "./consent.ts";
import { combined, type Edit, fieldsOf, inClient, type Moved, without } from "./merge.ts";
import { folded } from "./words.ts";

/** A merge of the kept client, with the clients that it brought, as they are stored. */
export interface Standing {
  readonly merge_id: string;
  readonly created_at: string;
  readonly moved: Moved;
  readonly clients: readonly StoredClient[];
}

/** What an undo could not give back, and why: it was changed since, another client holds it by now, or its owner left. */
export interface Left {
  readonly client_id: string;
  readonly field: string;
  readonly reason: "changed" | "taken" | "inactive";
}

/**
 * What undoing a merge changes: it gives back exactly what the merge brought and nobody changed since. What another
 * merge that stands says, too, stays, and is then that one's. `taken` are emails that a third client holds by now.
 */
export function unmerging(
  kept: StoredClient,
  undone: Standing,
  others: readonly Standing[],
  taken: ReadonlySet<string>,
) {
  const left: Left[] = [];
  const now = fieldsOf(kept);
  const fields: Record<string, unknown> = { ...now };
  const edits = new Map(others.map(({ merge_id, moved }) => [merge_id, { ...moved.edits }]));
  const later = others.filter(({ created_at }) => created_at > undone.created_at);
  for (const [field, { before, after }] of Object.entries(undone.moved.edits)) {
    const next = later.find(({ moved }) => isDeepStrictEqual(moved.edits[field]?.before, after));
    if (next) Object.assign(edits.get(next.merge_id)!, { [field]: { ...next.moved.edits[field]!, before } });
    else if (isDeepStrictEqual(now[field] ?? null, after)) {
      const said = later.flatMap(({ clients }) => clients.map((client) => fieldsOf(client)[field]));
      fields[field] = combined(field, before, said);
      if (later[0] && !isDeepStrictEqual(fields[field] ?? null, before))
        Object.assign(edits.get(later[0].merge_id)!, {
          [field]: { before, after: fields[field] } satisfies Edit,
        });
    } else left.push({ client_id: kept.id, field, reason: "changed" });
  }
  const emails = returned(emailsOf(kept), undone.clients.flatMap(emailsOf));
  const phones = givenBack(phonesOf(kept), undone, others, "phones", phonesOf, (phone) => phone);
  const tags = givenBack(kept.tags, undone, others, "tags", (one) => one.tags, folded);
  const first = (field: "email" | "phone", all: readonly string[]) =>
    ([fields[field], now[field]].find((one) => all.includes(one as string)) as string | undefined) ?? null;
  const [email, phone] = [first("email", emails), first("phone", phones.left)];
  return {
    kept: {
      ...inClient({ ...fields, email, phone }),
      ...{ more_emails: without(emails, email), more_phones: without(phones.left, phone), tags: tags.left },
    },
    clients: undone.clients.map((client) => {
      const emails = emailsOf(client).filter((one) => !taken.has(one));
      if (emails.length < emailsOf(client).length)
        left.push({ client_id: client.id, field: "email", reason: "taken" });
      const email = client.email !== null && emails.includes(client.email) ? client.email : null;
      const consent = withRevocations(client.consent, kept.consent, undone.created_at);
      return { client, changes: { email, more_emails: without(emails, email), consent } };
    }),
    others: others.map(({ merge_id, moved }) => ({
      merge_id,
      moved: {
        edits: edits.get(merge_id)!,
        phones: withMore(moved.phones, phones.passed.get(merge_id)),
        tags: withMore(moved.tags, tags.passed.get(merge_id)),
      } satisfies Moved,
    })),
    left,
  };
}

/** What stays of a list when some of it goes back. */
const returned = (all: readonly string[], back: readonly string[]) =>
  all.filter((one) => !back.includes(one));

type Brought = Readonly<Record<string, readonly string[]>>;

/** Phones or tags without those that the merge brought; what another client that is merged has, too, passes to its merge. */
function givenBack(
  all: readonly string[],
  undone: Standing,
  others: readonly Standing[],
  name: "phones" | "tags",
  valuesOf: (client: StoredClient) => readonly string[],
  same: (value: string) => string,
) {
  const passed = new Map<string, Record<string, string[]>>();
  const back = new Set<string>();
  for (const value of Object.values(undone.moved[name]).flat()) {
    const has = (client: StoredClient) => valuesOf(client).some((one) => same(one) === same(value));
    const merge = others.find(({ clients }) => clients.some(has));
    if (!merge) {
      back.add(same(value));
      continue;
    }
    const { id } = merge.clients.find(has)!;
    const those = passed.get(merge.merge_id) ?? {};
    passed.set(merge.merge_id, { ...those, [id]: [...(those[id] ?? []), value] });
  }
  return { left: all.filter((value) => !back.has(same(value))), passed };
}

const withMore = (brought: Brought, more: Brought = {}): Brought =>
  Object.fromEntries(
    Object.keys({ ...brought, ...more }).map((id) => [id, [...(brought[id] ?? []), ...(more[id] ?? [])]]),
  );

/**
 * A client's own consent, with what was revoked at the kept one since the merge: nobody knows which of the two meant
 * it, so it holds for both.
 */
function withRevocations(own: Client["consent"], kept: Client["consent"], since: string): Client["consent"] {
  const revoked = channels.filter(
    (channel) => kept[channel].status === "revoked" && String(kept[channel].at) > since,
  );
  return { ...own, ...Object.fromEntries(revoked.map((channel) => [channel, kept[channel]])) };
}
