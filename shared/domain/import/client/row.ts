import { NewClient } from "../../client.ts";
import type { Channel } from "../../consent.ts";
import type { CustomField } from "../../custom-field.ts";
import { parseWith } from "../../parse.ts";
import { Problem } from "../../problem.ts";
import { email } from "../../schemas.ts";
import type { HowRead, RowSource } from "../cells.ts";
import type { FileFields } from "../fields.ts";
import { type Cell, country, key, readText } from "../values.ts";
import { ClientCells } from "./cells.ts";
import { emailsIn, phonesIn, tagsIn } from "./contacts.ts";
import { customColumn } from "./custom.ts";
import { nameOf } from "./names.ts";
import { consentColumns, consentIn, nurtureStatus, optOut } from "./vocabulary.ts";

/** What new clients have where the row does not say, and what phones and ids mean in the whole file. */
export interface ClientDefaults {
  /** The country of phones that name none. */
  readonly country?: string | null | undefined;
  /** The product that the ids are of. */
  readonly source_system?: string | undefined;
  readonly lead_source?: string | undefined;
  readonly nurture_status?: "new" | "hot" | "warm" | "cold" | undefined;
  readonly tags?: readonly string[] | undefined;
}

/** A client's id in the product that the file is from. */
export interface Source {
  readonly system: string;
  readonly key: string;
  /** Whether file or caller name the product: ids of two products may be the same. */
  readonly isNamed: boolean;
}

/** What a row says of a client. */
export interface ClientRow {
  readonly source: Source | undefined;
  /** Undefined where the row names nobody: a new client is called by `called`. */
  readonly name: string | undefined;
  readonly called: string;
  readonly emails: readonly string[];
  readonly phones: readonly string[];
  readonly tags: readonly string[];
  readonly lead_source: string | undefined;
  readonly nurture_status: "new" | "hot" | "warm" | "cold" | undefined;
  readonly last_contacted_at: string | undefined;
  readonly owner_email: string | undefined;
  readonly consent: Readonly<Partial<Record<Channel, "granted" | "revoked">>>;
  readonly custom: Readonly<Record<string, string | number>>;
  /** JSON Pointers to the columns of emails, phones, tags, owner and id, for what only the record shows. */
  readonly at: Readonly<Record<"email" | "phone" | "tags" | "owner_email" | "source_key", string>>;
}

interface RowReading extends HowRead {
  readonly defaults: ClientDefaults;
  readonly fields: FileFields;
  readonly custom: readonly CustomField[];
  /** Reads a phone of a country into E.164; undefined for what is none. */
  toE164(said: string, country?: string | null): string | undefined;
}

/** Reads a row. Throws a `Problem` with an error for each cell that cannot be read, its path a JSON Pointer to the column. */
export function readClientRow(source: RowSource, reading: RowReading): ClientRow {
  const { defaults, fields, custom, toE164, asOf } = reading;
  const cells = new ClientCells(source, reading, fields);
  const named = cells.read("country", country);
  const of = named !== undefined && /^[A-Z]{2}$/.test(named) ? named : defaults.country;
  const emails = distinct(cells.each("email", emailsIn).flat());
  const phones = distinct(cells.each("phone", (cell) => phonesIn(cell, (said) => toE164(said, of))).flat());
  const part = (field: string) => cells.text(field);
  const name = nameOf({
    name: part("name"),
    first_name: part("first_name"),
    middle_name: part("middle_name"),
    last_name: part("last_name"),
    name_suffix: part("name_suffix"),
    company: part("company"),
  });
  const stage = part("nurture_status");
  const nurture_status = stage === undefined ? undefined : nurtureStatus(stage);
  const unknownStage = stage !== undefined && nurture_status === undefined ? [stage] : [];
  const last_contacted_at = cells.moment("last_contacted_at");
  if (last_contacted_at && last_contacted_at.slice(0, 10) > asOf)
    cells.refuse("last_contacted_at", "must not be in the future");
  const row = {
    source: sourceIn(cells, defaults),
    name,
    called: name ?? emails[0] ?? phones[0] ?? "",
    emails,
    phones,
    // A stage that is no nurture status here is kept as a tag.
    tags: distinct([...cells.each("tags", tagsIn).flat(), ...unknownStage]),
    lead_source: part("lead_source"),
    nurture_status,
    last_contacted_at: last_contacted_at && new Date(last_contacted_at).toISOString(),
    owner_email: cells.read("owner_email", oneEmail),
    consent: consentOf(cells),
    custom: customOf(cells, custom),
    at: {
      email: cells.path("email"),
      phone: cells.path("phone"),
      tags: cells.path("tags"),
      owner_email: cells.path("owner_email"),
      source_key: cells.path("source_key"),
    },
  };
  if (row.called === "") cells.errors.push({ path: "", message: "has no name, email or phone" });
  if (cells.errors.length === 0) check(cells, row);
  const errors = cells.told();
  if (errors.length > 0) throw new Problem("invalid_input", "The row cannot be read", { errors });
  return row;
}

/** Whether a row's values are ones that a client may have. */
function check(cells: ClientCells, { called, emails, phones, tags, lead_source, custom }: ClientRow): void {
  const [email, ...more_emails] = emails;
  const [phone, ...more_phones] = phones;
  const columns: Readonly<Record<string, string>> = {
    more_emails: "email",
    more_phones: "phone",
    tags: "tags",
  };
  try {
    parseWith(
      NewClient,
      { name: called, email, more_emails, phone, more_phones, tags, lead_source, custom },
      "",
    );
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    for (const { path, message } of error.errors ?? []) {
      const [, field = "", name = ""] = path.split("/");
      cells.refuse(field === "custom" ? customColumn(name) : (columns[field] ?? field), message);
    }
  }
}

function sourceIn(cells: ClientCells, { source_system }: ClientDefaults): Source | undefined {
  const said = cells.read("source_key", key);
  const system = cells.text("source_system") ?? source_system;
  return said === undefined ? undefined : { system: system ?? "", key: said, isNamed: system !== undefined };
}

/** The consents that a row tells: an opt-out holds, whatever another column says. */
function consentOf(cells: ClientCells): ClientRow["consent"] {
  const told = Object.entries(consentColumns).flatMap(([channel, columns]) => {
    const isOut = columns.optOut.some((field) => cells.each(field, optOut).includes(true));
    const consent = isOut ? "revoked" : cells.read(columns.consent, consentIn);
    return consent === undefined ? [] : [[channel, consent] as const];
  });
  return Object.fromEntries(told);
}

function customOf(cells: ClientCells, custom: readonly CustomField[]): ClientRow["custom"] {
  const told = custom.flatMap(({ name, type, choices = [] }) => {
    const field = customColumn(name);
    const value =
      type === "number"
        ? cells.number(field)
        : type === "date"
          ? cells.day(field)
          : type === "choice"
            ? cells.read(field, (cell) => choiceIn(cell, choices))
            : cells.text(field);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(told);
}

const choiceIn = (cell: unknown, choices: readonly string[]): Cell<string> =>
  readText(cell, (said) => {
    const value = choices.find((choice) => choice.toLowerCase() === said.toLowerCase());
    return value === undefined ? { fault: "must be one of the field's choices" } : { value };
  });

const oneEmail = (cell: unknown): Cell<string> =>
  readText(cell, (said) => {
    const read = email.safeParse(
      /<([^<>]+)>|\(([^()\s]+@[^()\s]+)\)/.exec(said)?.slice(1).find(Boolean) ?? said,
    );
    return read.success ? { value: read.data } : { fault: "must be the email of a user" };
  });

const distinct = (all: readonly string[]): string[] => [...new Set(all)];
