import * as z from "zod/mini";
import { text } from "./schemas.ts";

/** Where something is, as an envelope says it; null where that is not known. */
export const postalAddress = {
  address: z.nullable(text(200, "The street line")),
  city: z.nullable(text(100)),
  state_or_province: z.nullable(text(100)),
  postal_code: z.nullable(text(20)),
  country: z.nullable(
    z.string().check(z.regex(/^[A-Z]{2}$/), z.meta({ description: "ISO 3166-1 alpha-2", examples: ["US"] })),
  ),
};

/** A telephone number as every network dials it. */
export const phone = z
  .string()
  .check(
    z.regex(/^[+][1-9][0-9]{7,14}$/, "must be a number in E.164: + and 8 to 15 digits"),
    z.meta({ description: "E.164", examples: ["+12065550142"] }),
  );

/** The name of a time zone, as answered: what it was when it was set. */
export const storedTimeZone = z
  .string()
  .check(z.meta({ description: "IANA time zone", examples: ["America/Los_Angeles"] }));

/** The name of a time zone. */
export const timeZone = z
  .string()
  .check(
    z.maxLength(64),
    z.regex(/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/, "must be an IANA time zone"),
    z.refine<string>(isTimeZone, "must be an IANA time zone, such as America/Los_Angeles"),
    z.meta({ description: "IANA time zone", examples: ["America/Los_Angeles"] }),
  );

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** A phone as people write it. */
export const saidPhone = z.string().check(
  z.maxLength(40),
  z.regex(/^[-+0-9A-Za-z#*()./, ]+$/, "must be a telephone number"),
  z.meta({
    description:
      "As written or in E.164; without a + it is a number of the brokerage's country, else of the US",
    examples: ["+12065550142"],
  }),
);
