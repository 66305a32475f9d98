import { brokerageRecord } from "../domain/brokerage.ts";
import { invalidInput } from "../domain/problem.ts";
import { loadRecord } from "./records.ts";
import type { TableReader } from "./table.ts";

/** Phones in a body, as somebody wrote them. */
interface Phones {
  readonly phone?: string | null | undefined;
  readonly more_phones?: string[] | undefined;
}

/**
 * A body with its phones in E.164; those that name no country are of the brokerage's, which is read only for these.
 * Throws 400 for what is no phone. The plans of all countries' numbers are large: they are loaded with the first phone.
 */
export async function withPhones<B extends Phones>(
  table: TableReader,
  brokerageId: string,
  body: B,
  prefix = "",
): Promise<B> {
  const { phone, more_phones } = body;
  const said = [...(phone ? [phone] : []), ...(more_phones ?? [])];
  if (said.length === 0) return body;
  const { toE164 } = await import("../domain/phone.ts");
  const isAbroad = said.every((one) => one.trim().startsWith("+"));
  const brokerage = isAbroad ? null : await loadRecord(table, brokerageRecord, brokerageId, brokerageId);
  const read = (path: string, one: string): string => {
    const number = toE164(one, brokerage?.country);
    if (number === undefined)
      throw invalidInput(prefix + path, "must be a telephone number, such as +12065550142");
    return number;
  };
  return {
    ...body,
    ...(phone ? { phone: read("/phone", phone) } : {}),
    ...(more_phones ? { more_phones: more_phones.map((one, at) => read(`/more_phones/${at}`, one)) } : {}),
  };
}
