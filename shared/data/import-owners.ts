import type { ClientRow } from "../domain/import/client/row.ts";
import type { ReadRow } from "../domain/import/rows.ts";
import type { StoredImport } from "../domain/import.ts";
import { type Owned, onlyTeam } from "../domain/ownership.ts";
import { type StoredUser, userRecord } from "../domain/user.ts";
import { readAll } from "./bulk.ts";
import { mayOwn } from "./owners.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import { loadRecord } from "./records.ts";
import type { TableReader } from "./table.ts";
import { emailKey } from "./users.ts";

/** Whose the records are that an import makes: who asked for it. */
export async function importerAsOwner(
  table: TableReader,
  { brokerage_id, owner_user_id }: StoredImport,
): Promise<Owned> {
  const owner = await loadRecord(table, userRecord, brokerage_id, owner_user_id);
  return { owner_user_id, team_id: onlyTeam(owner?.team_ids ?? []) };
}

/**
 * Whose a row's client is, should it be new: the user's with the email that the row names, else the importer's.
 * Undefined where the email is none of a user who may own clients here.
 */
export async function ownersOf(
  table: TableReader,
  job: StoredImport,
  rows: readonly ReadRow<ClientRow>[],
): Promise<(said: ClientRow) => Owned | undefined> {
  const importer = await importerAsOwner(table, job);
  const emails = [...new Set(rows.flatMap(({ said }) => said.owner_email ?? []))];
  const lookups = await readAll(table, emails.map(emailKey));
  const here = emails.flatMap((email, at) => {
    const lookup = lookups[at];
    return lookup?.brokerage_id === job.brokerage_id ? [{ email, id: String(lookup.id) }] : [];
  });
  const items = await readAll(
    table,
    here.map(({ id }) => recordKey(job.brokerage_id, userRecord, id)),
  );
  const owners = new Map(
    here.flatMap(({ email }, at) => {
      const user: StoredUser | undefined = aliveIn(userRecord, items[at]);
      return mayOwn(user)
        ? [[email, { owner_user_id: user.id, team_id: onlyTeam(user.team_ids) }] as const]
        : [];
    }),
  );
  return ({ owner_email }) => (owner_email === undefined ? importer : owners.get(owner_email));
}
