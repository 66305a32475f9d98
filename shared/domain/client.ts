import * as z from "zod/mini";
import { Consent, ConsentPatch, noConsent, notedConsent } from "./consent.ts";
import { phone, saidPhone } from "./contact.ts";
import { Custom, type CustomField, CustomPatch, withCustom } from "./custom-field.ts";
import type { ImportMark, UndoMark } from "./import.ts";
import { assignedTeam, type Owned, ownerFields } from "./ownership.ts";
import { Problem } from "./problem.ts";
import { internalFields, type RecordOf, recordType } from "./record-type.ts";
import { email, id, recordFields, text, timestamp } from "./schemas.ts";
import { folded, type Searched } from "./words.ts";

export const nurtureStatuses = ["new", "hot", "warm", "cold"] as const;

const storedEmail = z.string().check(z.meta({ examples: ["nora@lindqvist.example"] }));
const name = text(200).check(z.meta({ examples: ["Nora Lindqvist"] }));
const lead_source = text(100, "Where the client came from").check(z.meta({ examples: ["zillow"] }));
const tag = text(40).check(z.meta({ examples: ["relocating"] }));
const nurture_status = z.enum(nurtureStatuses);
const lead_score = z
  .int()
  .check(z.gte(0), z.lte(100), z.describe("How likely they are to buy or sell soon; computed, read-only"));
/** How many further emails and phones, and how many tags a client may have. */
export const [mostMore, mostTags] = [10, 20];

/** A merge that was not undone, and the clients that it brought. */
const Merged = z.object({ merge_id: id, client_ids: z.array(id) });

/** A person whom the brokerage works for, or may come to. */
export const Client = z.object({
  ...recordFields,
  ...ownerFields,
  name: z.string().check(z.meta({ examples: ["Nora Lindqvist"] })),
  email: z.nullable(storedEmail),
  more_emails: z.array(storedEmail),
  phone: z.nullable(phone),
  more_phones: z.array(phone),
  lead_score,
  nurture_status,
  nurture_since: z
    .nullable(timestamp)
    .check(z.describe("Since when nurture_status is what it is; null where that is not known")),
  lead_source: z.nullable(z.string()),
  tags: z.array(z.string()),
  consent: Consent,
  custom: Custom,
  first_responded_at: z
    .nullable(timestamp)
    .check(z.describe("When a person of the brokerage first wrote to, called or met them")),
  last_contacted_at: z
    .nullable(timestamp)
    .check(z.describe("The latest email, call or meeting with them; it never goes back")),
  merged_into: z.nullable(id).check(z.describe("The client that this one was merged into")),
  merges: z
    .nullable(z.array(Merged))
    .check(
      z.describe("What was merged into this client, the latest last; what hangs on these is read with it"),
    ),
});
export type Client = z.output<typeof Client>;

/** How many dependents of a kind are counted at most. */
export const mostCounted = 1000;

const counted = (what: string) =>
  z.int().check(z.gte(0), z.lte(mostCounted), z.describe(`${what}; ${mostCounted} for as many or more`));

/** What hangs on a client. */
export const Dependents = z.object({
  interactions: counted("What was said with them"),
  tasks: counted("Tasks about them that you may read, done or not"),
  interests: counted("Properties that they are interested in"),
});
export type Dependents = z.output<typeof Dependents>;

/** A client that was brought back, with what hangs on it. */
export const RestoredClient = z.extend(Client, { dependents: Dependents });

/** What lists show of a client: what is not known is left out. */
export const ClientSummary = z.object({
  ...recordFields,
  ...ownerFields,
  name: Client.shape.name,
  email: z.optional(storedEmail),
  phone: z.optional(phone),
  lead_score,
  nurture_status,
  lead_source: z.optional(z.string()),
  tags: Client.shape.tags,
  custom: Custom,
  last_contacted_at: z.optional(timestamp),
});
export type ClientSummary = z.output<typeof ClientSummary>;

/** What stands in lists beside that: how long somebody has had a status is counted there. */
const ListedClient = z.extend(ClientSummary, { nurture_since: z.optional(timestamp) });

const writable = z.strictObject({
  email: z.nullable(email),
  more_emails: z.array(email).check(z.maxLength(mostMore)),
  phone: z.nullable(saidPhone),
  more_phones: z.array(saidPhone).check(z.maxLength(mostMore)),
  nurture_status,
  lead_source: z.nullable(lead_source),
  tags: z
    .array(tag)
    .check(z.maxLength(mostTags), z.describe("Upper and lower case and accents make no other tag")),
  consent: ConsentPatch,
  custom: CustomPatch,
  owner_user_id: id.check(z.describe("The agent; default: the caller")),
  team_id: assignedTeam,
});

/** What adding a client takes: a name; everything else may follow. */
export const NewClient = z.extend(z.partial(writable), { name });
/** A merge patch of a client. Lists are replaced as a whole; of the consent only the channels that are named change. */
export const ClientPatch = z.extend(z.partial(writable), { name: z.optional(name) });

/** Clients in the table: in every list that `listClients` sorts or filters by; an email is one client's in a brokerage. */
export const clientRecord = recordType({
  name: "client",
  schema: 1,
  guard: "client",
  fields: Client,
  listed: ListedClient,
  assumed: { more_emails: [], more_phones: [], custom: {} },
  lists: ["brokerage", "changes", "owner", "desk"],
  internal: internalFields<{
    /** What the import that wrote it last left on it; an edit keeps it. */
    readonly import?: ImportMark | undefined;
    readonly undone?: UndoMark | undefined;
    /** Marks of the ids, phones and names under which imports know it: `marksOf` in `import/client/identity.ts`. */
    readonly known?: readonly string[] | undefined;
    /** Clients with whom it was merged until that was undone: the log tells of both at each. */
    readonly parted_from?: readonly string[] | undefined;
    /** Whether an enquiry of that day made them a client: these are the leads that are counted. */
    readonly came_by_enquiry?: boolean | undefined;
    /** When a person, or a file, last said the nurture status, in milliseconds since 1970: short, for a client of 1 KB. */
    readonly nurture_set_at?: number | undefined;
    /** The version that moved nothing but the score and the status that follows from it, and the one it began with. */
    readonly scored?: { readonly version: number; readonly since: number } | undefined;
  }>(),
  states: nurtureStatuses,
  hoursDeleted: 30 * 24,
  unique: [
    { name: "email", problem: "duplicate", over: "brokerage", valuesOf: heldEmails },
    { name: "known", problem: "duplicate", over: "brokerage", valuesOf: ({ known = [] }) => known },
  ],
  isUnlisted: ({ merged_into }) => merged_into !== null,
  indexAttributes: ({ nurture_status, lead_score }) => ({ state: nurture_status, rank: lead_score }),
  searched,
  hasPhones: true,
  lastEdit: ({ version, scored }) => (scored?.version === version ? scored.since : version),
});
export type StoredClient = RecordOf<typeof clientRecord>;

/** Each of their emails is found; a phone and the name as a whole by duplicates, too. */
function searched(client: Client): Searched {
  const emails = emailsOf(client);
  const most = wordsOfClient + emails.length;
  return { texts: [client.name], emails, phones: phonesOf(client), names: [client.name], most };
}

/** Words of a name, and one for each email. */
const wordsOfClient = 6;

/** The ids under which what hangs on a client is kept: its own, and those of the clients that were merged into it. */
export const idsOf = ({ id, merges }: Pick<Client, "id" | "merges">): string[] => [
  id,
  ...(merges ?? []).flatMap(({ client_ids }) => client_ids),
];

/** Throws 409 for a client who was merged into another: from then on all is written to that one. */
export function checkNotMerged({ merged_into }: Pick<Client, "merged_into">): void {
  if (merged_into !== null)
    throw new Problem("merged", `Use the client that it was merged into: ${merged_into}`);
}

/** The emails under which a client is found: those of a merged one are the kept one's. */
function heldEmails(client: Pick<Client, "email" | "more_emails" | "merged_into">): string[] {
  return client.merged_into === null ? emailsOf(client) : [];
}

/** All emails of a client. */
export function emailsOf({ email, more_emails }: Pick<Client, "email" | "more_emails">): string[] {
  return [...new Set([...(email === null ? [] : [email]), ...more_emails])];
}

/** All phones of a client. */
export const phonesOf = ({ phone, more_phones }: Pick<Client, "phone" | "more_phones">): string[] => [
  ...new Set([...(phone === null ? [] : [phone]), ...more_phones]),
];

/** When a body came, from which user or function, and the custom fields that there are where it has values of some. */
interface Noting {
  readonly now: Date;
  readonly by: string;
  readonly fields?: readonly CustomField[];
}

/** A new client of an owner; phones are in E.164. */
export function newClient(body: z.output<typeof NewClient>, owned: Owned, { now, by, fields = [] }: Noting) {
  const { consent = {}, custom = {}, name, nurture_status = "new", lead_source = null } = body;
  return {
    ...owned,
    ...{
      name,
      nurture_status,
      nurture_since: now.toISOString(),
      lead_source,
      lead_score: 0,
      custom: withCustom({}, custom, fields),
    },
    ...statusSet(body, now, nurture_status),
    ...withoutRepeats({ email: null, more_emails: [], phone: null, more_phones: [], tags: [] }, body),
    consent: notedConsent(noConsent, consent, { at: now, by }),
  };
}

/** What a patch changes of a client; phones are in E.164. */
export function changedClient(
  client: StoredClient,
  patch: z.output<typeof ClientPatch>,
  { now, by, fields = [] }: Noting,
) {
  const { consent, custom, owner_user_id: _, team_id: __, ...said } = patch;
  return {
    ...said,
    ...statusSet(patch, now, client.nurture_status),
    ...withoutRepeats(client, patch),
    ...(custom ? { custom: withCustom(client.custom, custom, fields) } : {}),
    ...(consent ? { consent: notedConsent(client.consent, consent, { at: now, by }) } : {}),
  };
}

/** Notes that a body says the nurture status, which was another or the same: it holds until the client's next action. */
export const statusSet = (
  { nurture_status }: { readonly nurture_status?: Client["nurture_status"] | undefined },
  now: Date,
  before: Client["nurture_status"],
): Partial<Pick<StoredClient, "nurture_set_at" | "nurture_since">> =>
  nurture_status === undefined
    ? {}
    : { nurture_set_at: now.getTime(), ...(nurture_status === before ? {} : sinceOf(now)) };

/** Since when a status is what it is that becomes another at a moment. */
export const sinceOf = (now: Date): Pick<Client, "nurture_since"> => ({ nurture_since: now.toISOString() });

type Repeatable = Pick<Client, "email" | "more_emails" | "phone" | "more_phones" | "tags">;

/** Emails, phones and tags after a body, each value once. */
function withoutRepeats(before: Repeatable, body: z.output<typeof ClientPatch>): Repeatable {
  const { email = before.email, more_emails = before.more_emails, tags = before.tags } = body;
  const { phone = before.phone, more_phones = before.more_phones } = body;
  const spelled = new Map<string, string>();
  for (const tag of tags) if (!spelled.has(folded(tag))) spelled.set(folded(tag), tag);
  return {
    email,
    more_emails: [...new Set(more_emails)].filter((one) => one !== email),
    phone,
    more_phones: [...new Set(more_phones)].filter((one) => one !== phone),
    tags: [...spelled.values()],
  };
}
