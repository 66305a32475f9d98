import { eventWrite } from "../data/events.ts";
import { interestPrefix, propertyIdOf, type StoredInterest } from "../data/interests.ts";
import { loadRecord, tryCommit } from "../data/records.ts";
import { linkPrefix, type StoredLink } from "../data/share-links.ts";
import { type PutWrite, type TableWriter, tableFor } from "../data/table.ts";
import { aiRequestRecord } from "../domain/ai-request.ts";
import { aboutProperty, ofOwner } from "../domain/analytics/about.ts";
import {
  clientHappenings,
  interactionHappenings,
  listingHappenings,
  ownEvent,
} from "../domain/analytics/own-events.ts";
import { clientRecord } from "../domain/client.ts";
import { importRecord } from "../domain/import.ts";
import { interactionRecord } from "../domain/interaction.ts";
import { cmaRecord } from "../domain/market-analysis.ts";
import { propertyRecord } from "../domain/property-record.ts";
import type { AnyRecordType, Meta, RecordOf } from "../domain/record-type.ts";
import { type Effect, onChange, onChangeOf } from "../entry/effect.ts";

type Told = Parameters<typeof ownEvent>[0];
type Happened = Parameters<typeof ownEvent>[1];

/** Writes the events of what happened; those that are there already stay. */
async function note(
  table: TableWriter<PutWrite>,
  told: Told,
  happened: readonly Happened[],
  now: Date,
): Promise<void> {
  await Promise.all(happened.map((one) => tryCommit(table, [eventWrite(ownEvent(told, one, now))])));
}

/** A version of a record as what tells of it. */
const versionOf = (type: { readonly name: string }, record: Meta): Told => ({
  ...record,
  ...{ entity_type: type.name, entity_id: record.id },
  by: [type.name, record.id, record.version],
  at: record.updated_at,
});

/** What versions of a type's records tell of themselves. */
const noteVersions = <T extends AnyRecordType>(
  type: T,
  happenings: (before: RecordOf<T> | undefined, after: RecordOf<T>, version: number) => readonly Happened[],
): Effect =>
  onChangeOf(type, {
    name: `note-${type.name}`,
    access: { table: tableFor("PutItem") },
    async run({ before, after, version, table, now }) {
      if (after) await note(table, versionOf(type, after), happenings(before, after, version), now);
    },
  });

/** A contact with a client; or an enquiry, which counts for the listing that it is about, too. */
const noteInteractions = onChangeOf(interactionRecord, {
  name: "noteInteractions",
  access: { table: tableFor("GetItem", "PutItem") },
  async run({ before, after, version, table, now }) {
    if (!after || before || version !== 1 || (after.type === "note" && !after.enquiry)) return;
    const { brokerage_id, client_id, enquiry, occurred_at: at } = after;
    const of = versionOf(interactionRecord, after);
    const [client, property] = await Promise.all([
      loadRecord(table, clientRecord, brokerage_id, client_id),
      enquiry?.property_id ? loadRecord(table, propertyRecord, brokerage_id, enquiry.property_id) : undefined,
    ]);
    const happened = interactionHappenings(after, client);
    await note(table, { ...of, entity_type: "client", entity_id: client_id }, happened, now);
    if (!property) return;
    const about = { ...aboutProperty(property), client_id };
    const asked = { metric_type: "submission_of_lead_form", value: 1, at, about } as const;
    await note(table, { ...of, entity_type: "property", entity_id: property.id }, [asked], now);
  },
});

/** A listing that a client likes, by what they or somebody of the brokerage noted. */
const noteFavorites = onChange({
  name: "noteFavorites",
  items: interestPrefix,
  access: { table: tableFor("GetItem", "PutItem") },
  async run({ change, table, now }) {
    const [before, after] = [change.before, change.after] as unknown as (StoredInterest | undefined)[];
    if (!after?.sk.startsWith(interestPrefix) || after.listed?.interest !== "favorite") return;
    if (before?.listed?.interest === "favorite") return;
    const { brokerage_id, id, version, updated_at: at, written } = after;
    const property = await loadRecord(table, propertyRecord, brokerage_id, propertyIdOf(after));
    if (!property) return;
    const by = ["interest", id, property.id, version];
    const of = { brokerage_id, by, at, written, entity_type: "property", entity_id: property.id };
    const about = { ...aboutProperty(property), client_id: id };
    await note(table, of, [{ metric_type: "favorited", value: 1, about }], now);
  },
});

/** A look at a report through its link. */
const noteReportViews = onChange({
  name: "noteReportViews",
  items: linkPrefix,
  access: { table: tableFor("GetItem", "PutItem") },
  async run({ change, table, now }) {
    const [before, after] = [change.before, change.after] as unknown as (StoredLink | undefined)[];
    if (!before || !after?.sk.startsWith(linkPrefix) || after.views <= before.views) return;
    const { brokerage_id, cma_id, id, views, last_viewed_at } = after;
    const cma = await loadRecord(table, cmaRecord, brokerage_id, cma_id);
    if (!cma || !last_viewed_at) return;
    // Whoever made the link did not look: nobody is known.
    const written = { ...after.written, by: "getSharedReport" };
    const of = { brokerage_id, by: ["link", id, views], at: last_viewed_at, written };
    const about = { ...ofOwner(cma), property_id: cma.property_id };
    const seen = { metric_type: "report_viewed", value: 1, about } as const;
    await note(table, { ...of, entity_type: "cma", entity_id: cma_id }, [seen], now);
  },
});

/** A job that was done: for whom it was, or nothing where it does not count. */
const noteDone = <T extends AnyRecordType>(
  type: T,
  metric_type: Happened["metric_type"],
  aboutOf: (record: RecordOf<T>) => Happened["about"] | undefined,
): Effect =>
  noteVersions(type, (before, after) => {
    const isDone = (record: { readonly status?: unknown } | undefined) => record?.status === "completed";
    const about = isDone(after) && !isDone(before) ? aboutOf(after) : undefined;
    return about ? [{ metric_type, value: 1, about }] : [];
  });

/** The events that follow from changes, for the numbers. */
export const noteEvents: readonly Effect[] = [
  noteVersions(propertyRecord, listingHappenings),
  noteVersions(clientRecord, clientHappenings),
  noteInteractions,
  noteFavorites,
  noteReportViews,
  noteDone(cmaRecord, "analysis_completed", (cma) => ({ ...ofOwner(cma), property_id: cma.property_id })),
  noteDone(aiRequestRecord, "assistant_used", ({ owner_user_id }) => ({ user_id: owner_user_id })),
  noteDone(importRecord, "records_imported", ({ dry_run, owner_user_id }) =>
    dry_run ? undefined : { user_id: owner_user_id },
  ),
];
