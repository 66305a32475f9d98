import type { Client } from "../../client.ts";
import type { Channel } from "../../consent.ts";
import { type Cell, readText } from "../values.ts";

type NurtureStatus = Client["nurture_status"];

/** Stages, ratings and statuses of other products, and what they are here; the first line with the word decides. */
const stages: readonly (readonly [NurtureStatus, RegExp])[] = [
  ["hot", /\b(hot|active (client|buyer|seller|opportunity)|appointment (set|booked)|urgent)\b/],
  ["warm", /\b(warm|nurture|nurturing|engaged|connected|in progress|working|qualified)\b/],
  ["cold", /\b(cold|watch|unresponsive|bad timing|unqualified|inactive|long term)\b/],
  ["new", /^(new|lead|new lead|open|uncontacted|not contacted|subscriber|attempted to contact)$/],
];

/** The nurture status that a stage is; undefined for one that is none, such as "Past Client". */
export function nurtureStatus(stage: string): NurtureStatus | undefined {
  const said = stage
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  return stages.find(([, words]) => words.test(said))?.[0];
}

const yes = new Set([
  "true",
  "yes",
  "y",
  "1",
  "x",
  "on",
  "t",
  "checked",
  "opted out",
  "opt out",
  "unsubscribed",
]);
const no = new Set(["false", "no", "n", "0", "off", "f", "unchecked", "not opted out", "subscribed"]);
const granted = new Set([
  ...["granted", "true", "yes", "y", "1", "x", "on", "opted in", "opt in", "subscribed"],
]);
const revoked = new Set([
  ...["revoked", "false", "no", "n", "0", "off", "opted out", "opt out", "unsubscribed"],
]);

/** Whether a column of opt-outs says that somebody has opted out; a date says when, and that they have. */
export const optOut = (cell: unknown): Cell<boolean> =>
  readText(cell, (said) => {
    const word = said.toLowerCase();
    if (yes.has(word) || /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b/.test(word)) return { value: true };
    return no.has(word) ? { value: false } : { fault: "must say yes or no, or when they opted out" };
  });

/** What a column of consents says; nothing where the consent is not known. */
export const consentIn = (cell: unknown): Cell<"granted" | "revoked"> =>
  readText(cell, (said) => {
    const word = said.toLowerCase();
    if (word === "unknown") return { value: undefined };
    if (granted.has(word)) return { value: "granted" };
    return revoked.has(word)
      ? { value: "revoked" }
      : { fault: "must be granted, revoked or unknown, or yes or no" };
  });

/** The columns that say something of each channel: `opt_out` is about all of them. */
export const consentColumns = {
  email: { optOut: ["email_opt_out", "opt_out"], consent: "email_consent" },
  call: { optOut: ["call_opt_out", "opt_out"], consent: "call_consent" },
  text: { optOut: ["text_opt_out", "opt_out"], consent: "text_consent" },
} as const satisfies Record<Channel, object>;
