import * as z from "zod/mini";
import { roles } from "./access.ts";
import { phone, storedTimeZone, timeZone } from "./contact.ts";
import { Picture, pictureAt, StoredPicture } from "./picture.ts";
import { internalFields, type RecordOf, recordType } from "./record-type.ts";
import {
  email,
  id,
  instant,
  listQuery,
  recordFields,
  slug,
  text,
  timestamp,
  updatedSince,
  wellFormed,
} from "./schemas.ts";
import { searchTakesNoSort, searchText } from "./search-text.ts";

/**
 * A password: 15 characters or more when it is the only factor (NIST SP 800-63B-4), at most 128. One that is easily
 * guessed is refused where it is set: `shared/identity/new-password.ts`.
 */
export const password = z.string().check(
  z.minLength(15, "must have at least 15 characters"),
  z.maxLength(128, "must have at most 128 characters"),
  wellFormed,
  z.meta({
    format: "password",
    description:
      "15 characters or more, and not easily guessed: no common password, no repetition, no own name",
    examples: ["a long enough password"],
  }),
);

const first_name = text(100).check(z.meta({ examples: ["Ana"] }));
const last_name = text(100).check(z.meta({ examples: ["Agent"] }));
const personFields = { email, first_name, last_name };

/** What agents print, and what leads are routed by. */
const profile = z.strictObject({
  phone: z.nullable(phone),
  license_number: z.nullable(text(50)),
  license_state: z.nullable(text(100, "Who issued the licence: a state or a province")),
  time_zone: z.nullable(timeZone).check(z.describe("Null for the brokerage's own")),
  accepts_leads: z
    .boolean()
    .check(z.describe("Whether new leads may be given to them, once they are agents")),
});

const summary = z.object({
  ...recordFields,
  email: z.string().check(z.meta({ examples: ["agent@emerald.example"] })),
  first_name: z.string().check(z.meta({ examples: ["Ana"] })),
  last_name: z.string().check(z.meta({ examples: ["Agent"] })),
  role: z.enum(roles),
  is_active: z.boolean(),
  email_verified_at: z
    .nullable(timestamp)
    .check(z.describe("When they opened a link that was mailed to them; null before")),
  ...profile.shape,
  time_zone: z.nullable(storedTimeZone),
  photo: z.nullable(StoredPicture),
});

const fields = z.extend(summary, {
  role_ids: z
    .array(id)
    .check(z.describe("The roles of the brokerage that they have beside the built-in one")),
});

/** A person with a sign-in, as answered: the password hash never leaves the server. */
export const User = z.extend(fields, { photo: z.nullable(Picture) });
/** A user without their roles of the brokerage: what a page of users shows. */
export const UserSummary = z.extend(summary, { photo: z.nullable(Picture) });

/** A new user in what signing up takes. */
export const Person = z.strictObject({ ...personFields, password });
/** What registering as a brokerage's client takes. */
export const Registration = z.strictObject({
  brokerage_slug: slug,
  ...personFields,
  password,
});
/** What adding a user takes: without a password they are invited by mail. */
export const NewUser = z.extend(z.partial(profile), {
  ...personFields,
  password: z.optional(password),
  role: z.enum(roles),
});
/** What users may change of themselves. */
export const PersonPatch = z.extend(z.partial(profile), {
  first_name: z.optional(first_name),
  last_name: z.optional(last_name),
});
/** What may be changed of others. */
export const UserPatch = z.extend(PersonPatch, {
  email: z.optional(email),
  role: z.optional(z.enum(roles)),
});

const yesOrNo = z.optional(z.enum(["true", "false"]));

/** What the list of users takes. */
export const UserQuery = z
  .strictObject({
    ...listQuery,
    role: z.optional(z.enum(roles)),
    is_active: yesOrNo,
    accepts_leads: yesOrNo,
    q: searchText("names, email and phone (seven or more of the last digits)"),
    updated_since: updatedSince,
    sort: z.optional(
      z
        .enum(["created_at", "-created_at", "updated_at", "-updated_at"])
        .check(z.describe("Default -created_at; - means descending")),
    ),
  })
  .check(searchTakesNoSort);
export type UserQuery = z.output<typeof UserQuery>;

/** A predicate for every filter in the query, without `updated_since` where an index answers that. */
export function userFilters(query: UserQuery, isSinceAnswered: boolean) {
  const { role, is_active, accepts_leads } = query;
  const since = query.updated_since && !isSinceAnswered ? instant(query.updated_since) : undefined;
  const filters = [
    { asked: role, holds: (user: Summary) => user.role === role },
    { asked: is_active, holds: (user: Summary) => String(user.is_active) === is_active },
    { asked: accepts_leads, holds: (user: Summary) => String(user.accepts_leads) === accepts_leads },
    { asked: since, holds: (user: Summary) => user.updated_at >= since! },
  ];
  return filters.filter(({ asked }) => asked !== undefined);
}

type Fields = z.output<typeof fields>;
type Summary = z.output<typeof summary>;
type Begun = Pick<Fields, "email" | "first_name" | "last_name" | "role"> & Partial<z.output<typeof profile>>;

/** A user who begins, with the hash of their password and the roles they have beside the built-in one. */
export const newUser = (
  { email, first_name, last_name, role, accepts_leads = role !== "client", ...more }: Begun,
  password_hash: string | undefined,
  role_ids: string[] = [],
) => {
  const { phone, license_number, license_state, time_zone } = more;
  return {
    ...{ email, first_name, last_name, role, is_active: true },
    ...{ phone, license_number, license_state, time_zone, accepts_leads },
    ...{ password_hash, password_version: 1, team_ids: [], role_ids },
  };
};

/** What of a user is answered, without a URL of the photo. */
export const withoutUrl = <U extends Pick<Fields, "photo">>(user: U) => ({
  ...user,
  photo: pictureAt(user.photo, null),
});

/** What of a user may be kept with an answer. */
export const answeredOf = (user: StoredUser): Fields => fields.parse(user);

/** Words from a user's own data that their password must not be made of. */
export const wordsOf = ({
  email,
  first_name,
  last_name,
}: Pick<z.output<typeof User>, "email" | "first_name" | "last_name">): string[] => [
  ...[email, first_name, last_name],
];

interface FormerEmail {
  readonly email: string;
  /** When it was changed. */
  readonly until: string;
}

/** How many former emails are kept: more changes than these can be made before the first notice is sent. */
const formerEmails = 20;

/** What changing a user's email changes of the user: nobody has shown yet that the new one is theirs. */
export const withOtherEmail = ({ email, former_emails = [] }: StoredUser, now: Date) => ({
  email_verified_at: null,
  former_emails: [{ email, until: now.toISOString() }, ...former_emails].slice(0, formerEmails),
});

/** Users in the table; an email is one user's over the whole deployment. */
export const userRecord = recordType({
  name: "user",
  schema: 3,
  guard: "user",
  fields,
  listed: summary,
  internal: internalFields<{
    /** PHC string; absent until they accept their invitation. */
    readonly password_hash?: string;
    /** Counts the passwords: a session begun under an older one has ended. */
    readonly password_version: number;
    /** When they were last reactivated: API keys that they made before have ended. */
    readonly active_since?: string;
    readonly team_ids: readonly string[];
    /** Their emails before, each until when: the notice of a change goes there. */
    readonly former_emails?: readonly FormerEmail[];
  }>(),
  lists: ["brokerage", "changes"],
  searched: ({ first_name, last_name, email, phone }) => ({
    texts: [first_name, last_name],
    emails: [email],
    phones: phone ? [phone] : [],
  }),
  hasPhones: true,
  unique: [{ name: "email", problem: "email_taken", over: "deployment", valuesOf: ({ email }) => [email] }],
  keepsOne: {
    name: "admins",
    problem: "last_admin",
    // Who was invited and has set no password yet cannot act.
    isOne: ({ role, is_active, password_hash }) =>
      role === "admin" && is_active && password_hash !== undefined,
  },
});
export type StoredUser = RecordOf<typeof userRecord>;
