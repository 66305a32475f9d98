import { clientRecord, emailsOf, phonesOf, type StoredClient } from "../domain/client.ts";
import { clientIdOf, marksOf, sourceMark } from "../domain/import/client/identity.ts";
import { mayBeSame, nameKey } from "../domain/import/client/names.ts";
import type { ClientRow } from "../domain/import/client/row.ts";
import type { ReadRow } from "../domain/import/rows.ts";
import type { StoredImport } from "../domain/import.ts";
import type { InputError } from "../domain/problem.ts";
import { phoneWord } from "../domain/words.ts";
import { readAll } from "./bulk.ts";
import { fromItem, isAlive, recordKey } from "./record-item.ts";
import { lookupKey } from "./records.ts";
import { idsWith } from "./search.ts";
import type { Item, TableQuerier, TableReader } from "./table.ts";

/** A client as rows find it: one that is there, or one that an earlier row makes. */
interface Entry {
  readonly id: string;
  readonly item: Item | undefined;
  /** Written by this chunk, in an earlier delivery or attempt: no further row of the chunk is about it. */
  readonly isClosed: boolean;
  name: string;
  readonly emails: Set<string>;
  readonly phones: Set<string>;
}

/** The client of a row. */
export interface Assigned {
  readonly id: string;
  readonly item: Item | undefined;
  /** Marks under which the client is to be known from now on. */
  readonly marks: readonly string[];
  /** Why the row cannot be about it. */
  readonly refusal?: InputError;
}

/** How often a merged client leads to another. */
const mostMerges = 10;
/** Clients with one phone that are looked at. */
const mostWithPhone = 20;

/** The clients that the rows of a chunk may be about, by what rows find them by. */
export class ClientBook {
  readonly #job: StoredImport;
  readonly #made: Date;
  readonly #byRow = new Map<number, Entry>();
  readonly #byEmail = new Map<string, Entry>();
  readonly #byMark = new Map<string, Entry>();
  readonly #byPhone = new Map<string, Entry[]>();

  private constructor(job: StoredImport) {
    this.#job = job;
    this.#made = new Date(job.created_at);
  }

  /** Reads the clients that have an email, an id or a phone of the rows. */
  static async read(
    table: TableQuerier,
    job: StoredImport,
    rows: readonly ReadRow<ClientRow>[],
    { attempt }: { readonly attempt: number },
  ): Promise<ClientBook> {
    const book = new ClientBook(job);
    const emails = [...new Set(rows.flatMap(({ said }) => said.emails))];
    const marks = [...new Set(rows.flatMap(({ said }) => marksOf(said)))];
    const held = (name: string, value: string) => lookupKey(clientRecord, name, value, job.brokerage_id);
    const lookups = await readAll(table, [
      ...emails.map((email) => held("email", email)),
      ...marks.map((mark) => held("known", mark)),
    ]);
    const holder = new Map(
      [...emails, ...marks].flatMap((key, at) =>
        lookups[at] ? [[key, String(lookups[at].id)] as const] : [],
      ),
    );
    const unknown = rows.filter(
      ({ said }) => ![...said.emails, ...marksOf(said)].some((key) => holder.has(key)),
    );
    const withPhone = await idsByPhone(table, job, unknown);
    // After a conflict, a client may be there that an earlier attempt made, whatever became of it since.
    const own = attempt > 1 ? rows.map(({ row }) => clientIdOf(job.id, row, book.#made)) : [];
    const clients = await readClients(table, job, new Set([...holder.values(), ...withPhone, ...own]));

    const entries = new Map<string, Entry>();
    for (const [id, { client, item }] of clients) {
      const known = entries.get(client.id);
      const entry = known ?? book.#entryOf(client, item);
      if (entry) for (const one of [id, client.id]) entries.set(one, entry);
    }
    for (const email of emails) book.#put(book.#byEmail, email, entries.get(holder.get(email) ?? ""));
    for (const mark of marks) book.#put(book.#byMark, mark, entries.get(holder.get(mark) ?? ""));
    return book;
  }

  #put(by: Map<string, Entry>, key: string, entry: Entry | undefined): void {
    if (entry) by.set(key, entry);
  }

  /** The entry of a client that is there; none of a deleted one, but where it was this chunk that wrote it. */
  #entryOf(client: StoredClient, item: Item): Entry | undefined {
    const { id, import: mark } = client;
    const isClosed = mark?.import_id === this.#job.id && mark.row > this.#job.position.row;
    if (!isAlive(item) && !isClosed) return undefined;
    const emails = new Set(emailsOf(client));
    const phones = new Set(phonesOf(client));
    const entry = { id, item, isClosed, name: client.name, emails, phones };
    if (isClosed) for (const row of mark.rows ?? [mark.row]) this.#byRow.set(row, entry);
    for (const phone of phones) this.#note(phone, entry);
    return entry;
  }

  #note(phone: string, entry: Entry): void {
    const others = this.#byPhone.get(phone) ?? [];
    if (!others.includes(entry)) this.#byPhone.set(phone, [...others, entry]);
  }

  /** The client that a row is about. Rows are asked for in the file's order: what one says, the next ones find. */
  assigned(row: number, said: ClientRow): Assigned {
    const { entry, refusal } = this.#find(row, said);
    const { id, item } = entry;
    if (refusal) return { id, item, marks: [], refusal };
    const marks = marksOf(said).filter((mark) => !this.#byMark.has(mark));
    for (const mark of marks) this.#byMark.set(mark, entry);
    for (const email of said.emails) {
      this.#byEmail.set(email, entry);
      entry.emails.add(email);
    }
    for (const phone of said.phones) {
      this.#note(phone, entry);
      entry.phones.add(phone);
    }
    entry.name = said.name ?? entry.name;
    return { id, item, marks };
  }

  #find(row: number, said: ClientRow): { readonly entry: Entry; readonly refusal?: InputError } {
    const written = this.#byRow.get(row);
    if (written) return { entry: written };
    const source = said.source && this.#byMark.get(sourceMark(said.source));
    const held = said.emails.flatMap((email) => this.#byEmail.get(email) ?? []);
    const entry = source ?? held[0] ?? this.#known(said) ?? this.#withPhone(said) ?? this.#fresh(row, said);
    const at = said.at;
    if (source && !said.source?.isNamed && !agrees(source, said))
      return {
        entry,
        refusal: {
          path: at.source_key,
          message: "is the id of a client with another name, email and phone: set `source_system`",
        },
      };
    if (held.some((other) => other !== entry))
      return { entry, refusal: { path: at.email, message: "is the email of another client" } };
    return entry.isClosed
      ? { entry, refusal: { path: at.email, message: "is of a client that was changed meanwhile" } }
      : { entry };
  }

  #known(said: ClientRow): Entry | undefined {
    const found = marksOf(said).map((mark) => this.#byMark.get(mark));
    return found.find((entry) => entry !== undefined);
  }

  /** Who has a phone of the row and may be the same person: of the same name first. */
  #withPhone({ phones, name }: ClientRow): Entry | undefined {
    const candidates = phones
      .flatMap((phone) => this.#byPhone.get(phone) ?? [])
      .filter(({ isClosed }) => !isClosed)
      .sort((one, other) => (one.id < other.id ? -1 : 1));
    if (name === undefined) return candidates[0];
    return (
      candidates.find((one) => nameKey(one.name) === nameKey(name)) ??
      candidates.find((one) => isNoName(one.name) || mayBeSame(one.name, name))
    );
  }

  #fresh(row: number, { called }: ClientRow): Entry {
    const id = clientIdOf(this.#job.id, row, this.#made);
    return { id, item: undefined, isClosed: false, name: called, emails: new Set(), phones: new Set() };
  }
}

/** Whether a client and a row have an email, a phone or a name in common. */
const agrees = (entry: Entry, { emails, phones, name }: ClientRow): boolean =>
  emails.some((email) => entry.emails.has(email)) ||
  phones.some((phone) => entry.phones.has(phone)) ||
  name === undefined ||
  isNoName(entry.name) ||
  mayBeSame(entry.name, name);

/** Whether a client is called by an email or a phone because nobody knows the name. */
const isNoName = (name: string): boolean => /^\S+@\S+$|^\+\d+$/.test(name);

/** The clients that are found by the phones of rows, which the entries of words tell. */
async function idsByPhone(
  table: TableQuerier,
  { brokerage_id }: StoredImport,
  rows: readonly ReadRow<ClientRow>[],
): Promise<string[]> {
  const phones = [...new Set(rows.flatMap(({ said }) => said.phones))];
  const ids = await Promise.all(
    phones.map((phone) => idsWith(table, brokerage_id, clientRecord, phoneWord(phone), mostWithPhone)),
  );
  return ids.flat();
}

/** Clients by the ids that led to them: a merged one leads to the kept one. */
async function readClients(
  table: TableReader,
  { brokerage_id }: StoredImport,
  ids: ReadonlySet<string>,
): Promise<Map<string, { readonly client: StoredClient; readonly item: Item }>> {
  const found = new Map<string, { client: StoredClient; item: Item }>();
  let wanted = new Map([...ids].map((id) => [id, id]));
  for (let merges = 0; wanted.size > 0 && merges <= mostMerges; merges++) {
    const asked = [...wanted];
    const items = await readAll(
      table,
      asked.map(([, id]) => recordKey(brokerage_id, clientRecord, id)),
    );
    wanted = new Map();
    for (const [at, [from]] of asked.entries()) {
      const item = items[at];
      if (!item) continue;
      const client = fromItem(clientRecord, item);
      if (client.merged_into !== null) wanted.set(from, client.merged_into);
      else found.set(from, { client, item });
    }
  }
  return found;
}
