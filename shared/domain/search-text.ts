import * as z from "zod/mini";
import { text } from "./schemas.ts";
import { soughtIn } from "./words.ts";

/** Words that a list is searched for. */
export const searchText = (fields: string) =>
  z.optional(
    text(
      200,
      `Words, or beginnings of words, that all occur in ${fields}. Upper and lower case and accents are the same. ` +
        "Sorts by the matched word; takes no sort",
    ).check(
      z.refine<string>(
        (q) => soughtIn(q, { phones: false }) !== undefined,
        "must have a word of two letters or digits",
      ),
    ),
  );

/** A search sorts by the matched word. */
export const searchTakesNoSort = z.refine<{ readonly q?: string | undefined; readonly sort?: unknown }>(
  ({ q, sort }) => q === undefined || sort === undefined,
  { path: ["sort"], error: "cannot be combined with q, which sorts by the matched word" },
);
