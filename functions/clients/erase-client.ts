import { eraseClient as erase, eraseAgain, loadErasable } from "../../shared/data/erasures.ts";
import { newOwner } from "../../shared/data/owners.ts";
import { writeTable } from "../../shared/data/table.ts";
import { checkHeldForAll } from "../../shared/domain/access.ts";
import { clientRecord } from "../../shared/domain/client.ts";
import { Erasure } from "../../shared/domain/erasure.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const eraseClient = operation({
  id: "eraseClient",
  method: "POST",
  path: "/v1/clients/{client_id}/erase",
  permission: "client:delete",
  summary: "Erase a client's personal data for good",
  description:
    "At once the client, and those that were merged into it, are 404 and in no list. Within a minute or so what was said " +
    "with them, their interests and merges, the words they were found by, values and addresses in the log (which stays " +
    "verifiable), files of exports and imports that name them, former values of imports and kept answers are gone, too; " +
    "tasks about them stay without title, description and client. Ask again to see how far it is, or to go on with one " +
    "that failed; its task shows it, too. Nothing brings them back. Backups lose them after 35 days, what mails and " +
    "downloaded files say is out of reach, and a note about somebody else that names them is that client's. Deleted " +
    "clients can be erased, too. Needs the permission to delete all of the brokerage's clients.",
  answer: { status: 202, body: Erasure },
  problems: ["merged"],
  unversioned: true,
  access: { table: writeTable("PutItem", "DeleteItem") },
  record: recordAt(clientRecord, "client_id", loadErasable),
  async run({ table, record: { client, isDeleted, erasure }, caller, save, problem, ...invoked }) {
    checkHeldForAll(caller, "client:delete");
    if (erasure) return save(eraseAgain(erasure, invoked));
    if (!client) throw problem("not_found");
    const owned = await newOwner(table, caller, "task", {});
    return save(await erase(table, client, isDeleted, owned, invoked));
  },
});
