import { clientRecord, type StoredClient } from "../domain/client.ts";
import { afterClientRow } from "../domain/import/client/after.ts";
import { clientFile } from "../domain/import/client/file.ts";
import { clientIdOf } from "../domain/import/client/identity.ts";
import type { ClientDefaults, ClientRow } from "../domain/import/client/row.ts";
import { toE164 } from "../domain/phone.ts";
import { invalidInput } from "../domain/problem.ts";
import { readAll } from "./bulk.ts";
import { loadCustomFields } from "./custom-fields.ts";
import { ClientBook } from "./import-book.ts";
import { ownersOf } from "./import-owners.ts";
import type { ImportedAs, RowChange } from "./imported-as.ts";
import { changedByItem, changedByKey, clientBeforeItem, clientBeforeKey } from "./imports.ts";
import { recordKey } from "./record-item.ts";
import { create } from "./records.ts";
import type { Item } from "./table.ts";

/** Marks that a client may have: who has changed names this often is found by email. */
const mostMarks = 40;

/**
 * Rows about clients: a row finds its client by its id at the source, then by its emails, then by a phone and a name that
 * may be the same person's. A merged client is followed to the kept one.
 */
export const importedClients: ImportedAs<ClientRow, ClientDefaults> = {
  type: clientRecord,
  async file(table, { brokerage_id }) {
    const { fields } = await loadCustomFields(table, brokerage_id);
    return clientFile({ custom: fields, toE164 });
  },
  async find(table, job, pending, { attempt, now }) {
    const rows = [...pending].sort((one, other) => one.row - other.row);
    const [book, owners] = await Promise.all([
      ClientBook.read(table, job, rows, { attempt }),
      ownersOf(table, job, rows),
    ]);
    const defaults = job.defaults as ClientDefaults;
    const groups = new Map<string, { item: Item | undefined; rows: RowChange[] }>();
    for (const { row, said } of rows) {
      const { id, item, marks, refusal } = book.assigned(row, said);
      const group = groups.get(id) ?? { item, rows: [] };
      groups.set(id, group);
      const owned = owners(said);
      const by = job.owner_user_id;
      group.rows.push({
        row,
        after(before) {
          if (refusal) throw invalidInput(refusal.path, refusal.message);
          const client = before as StoredClient | undefined;
          if (!client && !owned)
            throw invalidInput(
              said.at.owner_email,
              "must be the email of an active agent, employee or admin",
            );
          const next = afterClientRow(client, said, { now, by, owned: owned!, defaults });
          const known = client?.known ?? [];
          const fresh = marks.slice(0, mostMarks - known.length);
          if (!next && fresh.length === 0) return undefined;
          return { ...client, ...next, known: [...known, ...fresh] };
        },
      });
    }
    const kept =
      attempt === 1
        ? []
        : await readAll(
            table,
            [...groups.keys()].map((id) => clientBeforeKey(job, id)),
          );
    return [...groups].map(([id, group], at) => ({ id, ...group, isKept: kept[at] !== undefined }));
  },
  keep: (job, { id, rows, item }, now) => [
    create(clientBeforeItem(job, item!, now)),
    create(changedByItem(job, rows[0]!.row, id, now)),
  ],
  async touched(table, job, rows) {
    const { brokerage_id, id } = job;
    const made = new Date(job.created_at);
    const pointers = await readAll(
      table,
      rows.map(({ row }) => changedByKey(job, row)),
    );
    const ids = rows.map(({ row }, at) => String(pointers[at]?.client_id ?? clientIdOf(id, row, made)));
    const items = await readAll(
      table,
      ids.flatMap((one) => [recordKey(brokerage_id, clientRecord, one), clientBeforeKey(job, one)]),
    );
    return rows.map((row, at) => ({
      rows: [row],
      row: row.row,
      id: ids[at]!,
      item: items[2 * at],
      before: items[2 * at + 1]?.value as Item | undefined,
      tells: true,
    }));
  },
  named: (client_id) => ({ client_id }),
};
