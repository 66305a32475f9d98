import * as z from "zod/mini";
import { roles } from "./access.ts";
import { internalFields, type RecordOf, recordType } from "./record-type.ts";
import { email, recordFields, slug, text, wellFormed } from "./schemas.ts";

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

/** A person with a sign-in, as answered: the password hash never leaves the server. */
export const User = z.object({
  ...recordFields,
  email: z.string().check(z.meta({ examples: ["agent@emerald.example"] })),
  first_name: z.string().check(z.meta({ examples: ["Ana"] })),
  last_name: z.string().check(z.meta({ examples: ["Agent"] })),
  role: z.enum(roles),
  is_active: z.boolean(),
});

/** A new user in what signing up takes. */
export const Person = z.strictObject({ ...personFields, password });
/** What registering as a brokerage's client takes. */
export const Registration = z.strictObject({
  brokerage_slug: slug,
  ...personFields,
  password,
});
/** What adding a user takes. */
export const NewUser = z.strictObject({ ...personFields, password, role: z.enum(roles) });
/** What users may change of themselves. */
export const PersonPatch = z.strictObject({
  first_name: z.optional(first_name),
  last_name: z.optional(last_name),
});

/** A user who begins, with the hash of their password. */
export const newUser = (
  {
    email,
    first_name,
    last_name,
    role,
  }: Pick<z.output<typeof User>, "email" | "first_name" | "last_name" | "role">,
  password_hash: string,
) => ({
  ...{ email, first_name, last_name, role, is_active: true },
  ...{ password_hash, password_version: 1, team_ids: [], role_ids: [] },
});

/** Words from a user's own data that their password must not be made of. */
export const wordsOf = ({
  email,
  first_name,
  last_name,
}: Pick<z.output<typeof User>, "email" | "first_name" | "last_name">): string[] => [
  ...[email, first_name, last_name],
];

/** Users in the table; an email is one user's over the whole deployment. */
export const userRecord = recordType({
  name: "user",
  schema: 1,
  guard: "user",
  fields: User,
  listed: User,
  internal: internalFields<{
    /** PHC string. */
    readonly password_hash: string;
    /** Counts the passwords: a session begun under an older one has ended. */
    readonly password_version: number;
    readonly team_ids: readonly string[];
    /** Roles of the brokerage beside the built-in one. */
    readonly role_ids: readonly string[];
  }>(),
  lists: ["brokerage", "changes"],
  unique: [{ name: "email", problem: "email_taken", over: "deployment", valuesOf: ({ email }) => [email] }],
});
export type StoredUser = RecordOf<typeof userRecord>;
