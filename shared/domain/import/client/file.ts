import type { ResourceFile } from "../file.ts";
import { clientFields, lacking } from "./columns.ts";
import type { CustomField } from "./custom.ts";
import { type ClientDefaults, type ClientRow, readClientRow } from "./row.ts";

/** What reading a brokerage's files of clients needs to know of it. */
interface Office {
  /** Where it is: phones that name no country are of it. */
  readonly country: string | null;
  readonly custom: readonly CustomField[];
  /** Reads a phone of a country into E.164; undefined for what is none. */
  toE164(said: string, country?: string | null): string | undefined;
}

/** Files of clients, as a brokerage reads them. */
export function clientFile({ country, custom, toE164 }: Office): ResourceFile<ClientRow, ClientDefaults> {
  const fields = clientFields(custom);
  return {
    fields,
    lacking,
    readRow: (source, { defaults, ...how }) =>
      readClientRow(source, {
        ...how,
        defaults: { ...defaults, country: defaults.country ?? country ?? undefined },
        fields,
        custom,
        toE164,
      }),
  };
}
