import type { CustomField } from "../../custom-field.ts";
import type { ResourceFile } from "../file.ts";
import { clientFields, lacking } from "./columns.ts";
import { type ClientDefaults, type ClientRow, readClientRow } from "./row.ts";

/** What reading a brokerage's files of clients needs to know of it. */
interface Office {
  readonly custom: readonly CustomField[];
  /** Reads a phone of a country into E.164; undefined for what is none. */
  toE164(said: string, country?: string | null): string | undefined;
}

/** Files of clients, as a brokerage reads them. */
export function clientFile({ custom, toE164 }: Office): ResourceFile<ClientRow, ClientDefaults> {
  const fields = clientFields(custom);
  return {
    fields,
    lacking,
    readRow: (source, how) => readClientRow(source, { ...how, fields, custom, toE164 }),
  };
}
