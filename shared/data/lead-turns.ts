import type { WriteStamp } from "../domain/invocation.ts";
import {
  type Group,
  inTurn,
  isNamed,
  leadRoutingRecord,
  takesAnyLeads,
  takesLeads,
} from "../domain/lead-routing.ts";
import { Problem } from "../domain/problem.ts";
import { teamRecord } from "../domain/team.ts";
import { type StoredUser, userRecord } from "../domain/user.ts";
import { entriesFrom } from "./list.ts";
import { aliveIn, listedIn, pick, recordKey } from "./record-item.ts";
import { asRead, loadRecord, type Stamp } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import type { Item, Key, PutWrite, TableQuerier, TableReader } from "./table.ts";

/** Somebody whose turn it is, and the write that notes that they had it. */
export interface Taken {
  readonly user: StoredUser;
  readonly turn: PutWrite;
}

/** Who had the last turn of a group: their id, or their place in the list of all users. */
type Place = Readonly<Record<string, unknown>> & { readonly id: string };
interface Turn extends Key {
  readonly version: number;
  readonly last: Place;
  readonly written: WriteStamp;
}

/** How many users are read at once: most often the first of them takes leads. */
const atOnce = 10;

/**
 * The next of a group who takes leads, after whoever had the last turn; undefined where nobody does. The write fails
 * when another lead took the turn meanwhile, so a turn is one lead's, however many come at the same time.
 */
export async function nextInTurn(
  table: TableQuerier,
  brokerageId: string,
  group: Group,
  { written }: Pick<Stamp, "written">,
  except: readonly string[] = [],
): Promise<Taken | undefined> {
  const key = turnKey(brokerageId, group);
  const turn = (await table.get(key)) as (Turn & Item) | undefined;
  const takes = isNamed(group) ? takesLeads : takesAnyLeads;
  const places = isNamed(group)
    ? named(table, brokerageId, group, turn?.last)
    : everybody(table, brokerageId, turn?.last);
  for await (const some of places) {
    const asked = some.filter(({ id }) => !except.includes(id));
    const users = await readUsers(
      table,
      brokerageId,
      asked.map(({ id }) => id),
    );
    const at = users.findIndex((user) => user !== undefined && takes(user));
    if (at < 0) continue;
    const next = { ...key, version: (turn?.version ?? 0) + 1, last: asked[at], written };
    const Put = { Item: withSchemaVersion("turn", next), ...asRead(turn?.version) };
    return { user: users[at]!, turn: { Put, ifConditionFails: "conflict" } };
  }
  return undefined;
}

/** Where the turns of a group are noted: rules that name the same people share them. */
const turnKey = (brokerageId: string, { team_id = "", user_ids = [] }: Group): Key => ({
  pk: recordKey(brokerageId, leadRoutingRecord, brokerageId).pk,
  sk: `turn#${[team_id, ...inTurn(user_ids, undefined)].join("#")}`,
});

/** Those whom a rule names, in their turns. */
async function* named(
  table: TableReader,
  brokerageId: string,
  { team_id, user_ids = [] }: Group,
  last: Place | undefined,
): AsyncGenerator<readonly Place[]> {
  const team = team_id && (await loadRecord(table, teamRecord, brokerageId, team_id));
  const members = team ? team.members.map(({ user_id }) => user_id) : [];
  const ids = inTurn([...members, ...user_ids], last?.id);
  for (let at = 0; at < ids.length; at += atOnce) yield ids.slice(at, at + atOnce).map((id) => ({ id }));
}

/** All agents who take leads by what the list of users says, which may lag behind: from a place on, then from the first. */
async function* everybody(
  table: TableQuerier,
  brokerageId: string,
  last: Place | undefined,
): AsyncGenerator<readonly Place[]> {
  let isSecondRound = last === undefined;
  let from = last as Item | undefined;
  for (;;) {
    const page = await usersFrom(table, brokerageId, from);
    const agents = page.items.filter((entry) => takesAnyLeads(listedIn(userRecord, entry)));
    for (let at = 0; at < agents.length; at += atOnce)
      yield agents.slice(at, at + atOnce).map((entry) => placeOf(entry));
    from = page.last;
    if (from) continue;
    if (isSecondRound) return;
    isSecondRound = true;
  }
}

const placeOf = (entry: Item) => pick(entry, ["brokerage_id", "kind", "at", "id", "pk", "sk"]) as Place;

/** A page of a brokerage's users, the oldest first. */
const usersFrom = (table: TableQuerier, brokerage_id: string, from: Item | undefined) =>
  entriesFrom(table, "kind_at", { brokerage_id, kind: userRecord.name }, from, 50);

/** The first active admin of a brokerage. Throws `busy` while the list of a new brokerage's users lags behind. */
export async function firstAdmin(table: TableQuerier, brokerageId: string): Promise<StoredUser> {
  let from: Item | undefined;
  do {
    const { items, last } = await usersFrom(table, brokerageId, from);
    const admins = items.map((entry) => listedIn(userRecord, entry)).filter(({ role }) => role === "admin");
    for (const user of await readUsers(
      table,
      brokerageId,
      admins.map(({ id }) => id),
    ))
      if (user?.is_active && user.role === "admin") return user;
    from = last;
  } while (from);
  throw new Problem("busy", undefined, { headers: { "retry-after": "1" } });
}

/** Users as they are now: the list of them lags behind. */
async function readUsers(
  table: TableReader,
  brokerageId: string,
  ids: readonly string[],
): Promise<(StoredUser | undefined)[]> {
  if (ids.length === 0) return [];
  const items = await table.getMany(ids.map((id) => recordKey(brokerageId, userRecord, id)));
  return items.map((item) => aliveIn(userRecord, item));
}
