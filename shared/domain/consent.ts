import * as z from "zod/mini";
import { text, timestamp } from "./schemas.ts";

/** The ways to reach a person that they consent to one by one. */
export const channels = ["email", "call", "text"] as const;
export type Channel = (typeof channels)[number];

const status = z.enum(["granted", "revoked", "unknown"]);
const how = text(200, "How they said so: a form, a call, the words of a text message").check(
  z.meta({ examples: ["Signed the buyer agreement"] }),
);

/** What a person said about one channel: when, how, and which user or function noted it. */
const Said = z.object({
  status,
  at: z.nullable(timestamp),
  how: z.nullable(z.string()),
  by: z.nullable(z.string()).check(z.meta({ examples: ["019bb1f7-0ca7-7e51-9b6c-2d84f7a0c3e5"] })),
});

/** A person's consent for each channel; unknown where they have said nothing. */
export const Consent = z.object({ email: Said, call: Said, text: Said });
export type Consent = z.output<typeof Consent>;

const ConsentNote = z.strictObject({ status, how: z.optional(z.nullable(how)) });
const noted = z.optional(ConsentNote);
/** What is noted of a person's consent: only the channels that are named change. */
export const ConsentPatch = z.strictObject({ email: noted, call: noted, text: noted });

/** The same, where a status alone says enough. */
const said = z.optional(
  z.pipe(
    z.union([status, ConsentNote]),
    z.transform((one) => (typeof one === "string" ? { status: one } : one)),
  ),
);
export const SaidConsent = z.strictObject({ email: said, call: said, text: said });

const unknown = { status: "unknown", at: null, how: null, by: null } as const;
/** The consent of who has said nothing. */
export const noConsent: Consent = { email: unknown, call: unknown, text: unknown };

/** The consent after what was noted at a moment by a user or function. */
export function notedConsent(
  before: Consent,
  patch: z.output<typeof ConsentPatch>,
  { at, by }: { readonly at: Date; readonly by: string },
): Consent {
  const after = channels.flatMap((channel) => {
    const said = patch[channel];
    return said
      ? [[channel, { status: said.status, at: at.toISOString(), how: said.how ?? null, by }] as const]
      : [];
  });
  return { ...before, ...Object.fromEntries(after) };
}
