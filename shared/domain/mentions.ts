import { emailsOf, phonesOf, type StoredClient } from "./client.ts";
import { folded } from "./words.ts";

type Person = Pick<StoredClient, "name" | "email" | "more_emails" | "phone" | "more_phones">;

const letter = "[\\p{L}\\p{N}]";
const between = "[^\\p{L}\\p{N}]{1,5}";
/** Digits of a number within its country that tell it from others. */
const telling = 10;

/**
 * Whether a text, a file's or of JSON, names one of some persons: by an email, a phone however it is grouped, or the
 * whole name, its last word first or last. A name of one word counts only where it stands as a whole value.
 */
export function mentioning(people: readonly Person[]): (text: string) => boolean {
  const emails = people.flatMap(emailsOf);
  const phones = people
    .flatMap(phonesOf)
    .map((phone) => [...phone.slice(1)].slice(-telling).join("[^\\p{L}\\d]{0,3}"));
  const names = people.map(({ name }) => folded(name).match(/[\p{L}\p{N}]+/gu) ?? []);
  const patterns = [
    ...emails.map((email) => folded(email).replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")),
    ...phones,
    ...names.flatMap((words) => {
      if (words.length < 2) return words.map((word) => `"${word}"`);
      const orders = [words, [words.at(-1)!, ...words.slice(0, -1)]];
      return orders.map((order) => `(?<!${letter})${order.join(between)}(?!${letter})`);
    }),
  ];
  if (patterns.length === 0) return () => false;
  const pattern = new RegExp(patterns.join("|"), "u");
  return (text) => pattern.test(folded(text));
}
