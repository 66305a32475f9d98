import { email } from "../../schemas.ts";
import { type Cell, readText } from "../values.ts";

/** Reads a telephone number into E.164; undefined for what is none. */
export type ReadPhone = (said: string) => string | undefined;

/** What people write into a cell for an email that they do not know. */
const noEmail = /^(no|none|no[-_.]?e?mail|no[-_.]?address|na|n\.a|null|unknown|x+)@/i;
/** A label beside a value: `* Work`, `Home:`, `(mobile)`. */
const labels = /^[*(]*\p{L}*[):]*$/u;

/** The emails in a cell: several, with labels or names beside them. */
export const emailsIn = (cell: unknown): Cell<string[]> =>
  readText(cell, (said) => {
    // Outlook writes the address of a colleague in its own directory so.
    if (/^\/o=/i.test(said)) return { value: [] };
    const inBrackets = [...said.matchAll(/<([^<>]+)>/g)].map(([, address]) => address!);
    const pieces = (inBrackets.length > 0 ? inBrackets : said.split(/[\s,;|/]+|:::/))
      .map((piece) => piece.replace(/^(mailto:|\p{L}+:)/iu, "").replace(/^[("'*]+|[)"'.]+$/g, ""))
      .filter((piece) => piece !== "");
    const found: string[] = [];
    for (const piece of pieces) {
      const read = email.safeParse(piece);
      if (read.success) found.push(read.data);
      else if (piece.includes("@") || !labels.test(piece)) return { fault: "must be an email address" };
    }
    if (found.length === 0) return { fault: "must be an email address" };
    return { value: found.filter((one) => !noEmail.test(one)) };
  });

/** The phones in a cell, in E.164. */
export const phonesIn = (cell: unknown, read: ReadPhone): Cell<string[]> =>
  readText(cell, (said) => {
    if (/^\+?\d[.,]\d+e\+?\d{1,3}$/i.test(said))
      return { fault: "is a number that a spreadsheet has shortened: format the column as text" };
    const whole = said.replace(/^(\d{7,15})\.0$/, "$1");
    const one = phoneIn(whole, read);
    if (one) return { value: one };
    const found: string[] = [];
    // A slash is also written within one number, which was tried first.
    for (const piece of whole.split(/:::|[,;|/\r\n&]|\s(?:or|and)\s/i)) {
      if (piece.trim() === "") continue;
      const read1 = phoneIn(piece, read);
      if (!read1) return { fault: "must be a telephone number" };
      found.push(...read1);
    }
    return { value: found };
  });

/** One phone without what stands beside it; none for a made-up one of one digit; undefined for what is no phone. */
function phoneIn(said: string, read: ReadPhone): string[] | undefined {
  const bare = said
    .replace(/^[\s*]*(?:\p{L}[\p{L} .-]{0,20}:)?\s*/u, "")
    .replace(/\s*\(\p{L}[\p{L} .]{0,20}\)\s*$/u, "")
    .replace(/\s+(?:cell|mobile|home|work|office|[chmwo])\.?\s*$/i, "")
    .replace(/^(?:cell|mobile|home|work|office|tel|[chmwo])[.\s]+/i, "");
  if (/^\D*(\d)(?:\D*\1){4,}\D*$/.test(bare)) return [];
  const phone = read(bare);
  return phone === undefined ? undefined : [phone];
}

/** The tags in a cell, parted by the strongest sign in it; Google's mark of its own groups is taken off. */
export const tagsIn = (cell: unknown): Cell<string[]> =>
  readText(cell, (said) => {
    const sign = [":::", "\n", ";", "|", ","].find((one) => said.includes(one)) ?? ",";
    const tags = said
      .split(sign)
      .map((tag) => tag.trim().replace(/^\*\s+/, ""))
      .filter((tag) => tag !== "" && !/^my ?contacts$/i.test(tag));
    return { value: tags };
  });
