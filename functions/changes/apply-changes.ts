import type { Opened } from "../../shared/data/grant.ts";
import { marketId, noteMarket } from "../../shared/data/markets.ts";
import { buryMediaOf } from "../../shared/data/media.ts";
import type { Facts } from "../../shared/data/properties.ts";
import { stepOf } from "../../shared/data/property-history.ts";
import { sendTo } from "../../shared/data/queue.ts";
import { tryCommit } from "../../shared/data/records.ts";
import { type Item, tableFor } from "../../shared/data/table.ts";
import type { Invocation, Written } from "../../shared/domain/invocation.ts";
import { type Change, streamConsumer } from "../../shared/entry/definition.ts";

const access = {
  table: tableFor("GetItem", "Query", "PutItem"),
  cma: sendTo("cma"),
  imports: sendTo("imports"),
  removals: sendTo("removals"),
  markets: sendTo("markets"),
};

/** What follows from a change. Called at least once and in any order: doing it twice must be doing it once. */
type Effect = (change: Change, doors: Opened<typeof access> & Invocation) => Promise<void>;

/** Keeps the steps of a property's status and price beside it. */
const keepHistory: Effect = async ({ before, after }, { table }) => {
  const step = stepOf(before as Item | undefined, after as Item | undefined);
  await (step && tryCommit(table, [step]));
};

/** Sends a job that was just queued to the queue it names; its worker takes a second message for the same job. */
const startJobs: Effect = async ({ before, after }, doors) => {
  if (before || after?.status !== "queued") return;
  if (after.job === "cma")
    await doors.cma.send({ brokerage_id: String(after.brokerage_id), id: String(after.id) });
};

/** Sends an import that is to be undone to its worker, from the beginning of its file. */
const startUndo: Effect = async ({ before, after }, { imports }) => {
  if (after?.entity !== "import" || after.status !== "undoing" || before?.status === "undoing") return;
  await imports.send({ brokerage_id: String(after.brokerage_id), id: String(after.id), offset: 0 });
};

/** Deletes a deleted property's media in the name of who deleted it, and a deleted media's files. */
const removeMedia: Effect = async ({ after }, { table, removals, now }) => {
  const brokerage_id = String(after?.brokerage_id);
  const id = String(after?.deleted_id);
  if (after?.deleted_entity === "property")
    await buryMediaOf(table, brokerage_id, id, now, after.written as Written);
  if (after?.deleted_entity === "media") await removals.send({ brokerage_id, id });
};

/** Markets that this process knows to be known. */
const noted = new Set<string>();

/** Makes the market of a closed sale known, so that it is fitted with the others. */
const noteMarkets: Effect = async ({ after }, { table, now, written }) => {
  if (after?.entity !== "property" || !after.facts) return;
  const { location, property_type } = after.facts as Facts;
  const id = marketId({ lat: location.lat, lon: location.lng, property_type }, String(after.currency));
  const name = `${after.brokerage_id} ${id}`;
  if (noted.has(name)) return;
  await tryCommit(table, [noteMarket(String(after.brokerage_id), id, now, written)]);
  noted.add(name);
};

/** Seconds in which the markets that an import brought are noted, too. */
const settling = 20;

/** Has the markets fitted anew that an import or its undo changed. */
const refitMarkets: Effect = async ({ before, after }, { markets }) => {
  if (after?.entity !== "import" || after.dry_run || before?.status === after.status) return;
  if (after.status !== "completed" && after.status !== "undone") return;
  await markets.send({ brokerage_id: String(after.brokerage_id) }, settling);
};

const effects: readonly Effect[] = [
  keepHistory,
  startJobs,
  startUndo,
  removeMedia,
  noteMarkets,
  refitMarkets,
];

export const applyChanges = streamConsumer({
  id: "applyChanges",
  summary: "Do what follows from each change of a record",
  impact:
    "Market analyses and undos of imports stay queued, the history of properties lags behind, files of deleted media stay.",
  access,
  async run({ change, ...doors }) {
    for (const effect of effects) await effect(change, doors);
  },
});
