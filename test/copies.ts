import { addUser, api, expectStatus, type SignedIn, signUp, waitFor } from "./cloud.ts";
import { settledLog } from "./logs.ts";
import { house } from "./properties.ts";

const dice = (sides: number) => Math.floor(Math.random() * sides);
const kinds = { task: "tasks", property: "properties" } as const;
type Kind = keyof typeof kinds;

/** What an integrator keeps: each record that is not deleted, by kind and id. */
type Records = Map<string, { readonly version: number; readonly title: string }>;

/** A copy of a brokerage's tasks and properties, kept by asking for changes. What is not saved is lost when it stops. */
class Copy {
  since = 0;
  readonly records: Records = new Map();
  readonly token: string;
  readonly savesFirst: boolean;
  constructor(token: string, savesFirst: boolean) {
    this.token = token;
    this.savesFirst = savesFirst;
  }

  /** Follows one page, perhaps not to its end; false when there was nothing new. */
  async follow(mayStop: boolean): Promise<boolean> {
    const limit = 1 + dice(20);
    const path = `/v1/changes?since=${this.since}&limit=${limit}`;
    const page = await expectStatus(200, "GET", path, { token: this.token });
    const stops = mayStop && (this.savesFirst || dice(2) === 0);
    const stopsAt = stops ? dice(page.items.length) : Number.POSITIVE_INFINITY;
    // Who saves where they are before the work is done loses the rest when they stop.
    if (this.savesFirst) this.since = page.next_since;
    for (const [at, item] of page.items.entries()) {
      if (item.sequence !== page.items[0].sequence + at) throw new Error(`A gap before ${item.sequence}`);
      if (at >= stopsAt) return true;
      if (item.entity in kinds) await this.fetch(item.entity, item.id);
    }
    this.since = page.next_since;
    return page.items.length > 0;
  }

  private async fetch(kind: Kind, id: string): Promise<void> {
    const { status, body } = await api("GET", `/v1/${kinds[kind]}/${id}`, { token: this.token });
    if (status === 404) this.records.delete(`${kind} ${id}`);
    else this.records.set(`${kind} ${id}`, { version: body.version, title: body.title });
  }
}

/** Writes at random: creates, changes, deletes and restores what it made. */
async function writer({ token }: SignedIn, writes: number): Promise<void> {
  const made: { kind: Kind; id: string; version: number; deleted: boolean }[] = [];
  for (let at = 0; at < writes; at++) {
    const one = made[dice(made.length + 1)];
    if (!one) {
      const kind: Kind = dice(2) === 0 ? "task" : "property";
      const body = kind === "task" ? { title: `Task ${at}` } : { ...house, title: `House ${at}` };
      const { id, version } = await expectStatus(201, "POST", `/v1/${kinds[kind]}`, { token, body });
      made.push({ kind, id, version, deleted: false });
      continue;
    }
    const path = `/v1/${kinds[one.kind]}/${one.id}`;
    const headers = { "if-match": `"${one.version}"` };
    if (one.deleted) await expectStatus(200, "POST", `${path}/restore`, { token });
    else if (dice(3) === 0) await expectStatus(204, "DELETE", path, { token, headers });
    else await expectStatus(200, "PATCH", path, { token, headers, body: { title: `Renamed ${at}` } });
    const { status, body } = await api("GET", path, { token });
    Object.assign(one, { deleted: status === 404, version: status === 404 ? one.version + 1 : body.version });
  }
}

/** What the server has, by its own lists. */
async function serverRecords(token: string): Promise<Records> {
  const records: Records = new Map();
  for (const [kind, path] of Object.entries(kinds))
    for (let cursor = ""; ; ) {
      const query = `limit=100${cursor && `&cursor=${cursor}`}`;
      const page = await expectStatus(200, "GET", `/v1/${path}?${query}`, { token });
      for (const { id, version, title } of page.items) records.set(`${kind} ${id}`, { version, title });
      if (!page.next_cursor) break;
      cursor = page.next_cursor;
    }
  return records;
}

const text = (records: Records) => JSON.stringify([...records].sort(([a], [b]) => (a < b ? -1 : 1)));

/**
 * Keeps a copy while so many writers write, with stops and resumptions; answers whether it ends as the server's state,
 * and how many records that has.
 */
export async function keepCopy(
  writers: number,
  writes: number,
  { savesFirst = false } = {},
): Promise<{ equal: boolean; records: number; stops: number }> {
  const office = await signUp();
  const people = await Promise.all(Array.from({ length: writers }, () => addUser(office, "agent")));
  const copy = new Copy(office.token, savesFirst);
  let isWriting = true;
  let stops = 0;
  const written = Promise.all(people.map((one) => writer(one, writes))).finally(() => {
    isWriting = false;
  });
  while (isWriting) {
    await copy.follow(true);
    stops++;
  }
  await written;
  const entries = await settledLog(office, 120);
  // One that saves first stops here, too: all of the log may have come after the writing.
  while (copy.since < entries.length) await copy.follow(savesFirst);
  const server = await waitFor(async () => {
    const now = await serverRecords(office.token);
    return savesFirst || text(now) === text(copy.records) ? now : undefined;
  }, 20).catch(() => serverRecords(office.token));
  return { equal: text(server) === text(copy.records), records: server.size, stops };
}
