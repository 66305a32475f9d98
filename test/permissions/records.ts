import { randomBytes } from "node:crypto";
import { queued } from "../../shared/data/cmas.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import { create, createRecord, deleteRecord } from "../../shared/data/records.ts";
import { withSchemaVersion } from "../../shared/data/schema.ts";
import { linkItem, newLink } from "../../shared/data/share-links.ts";
import type { Write } from "../../shared/data/table.ts";
import type { Guarded } from "../../shared/domain/access.ts";
import { aiRequestRecord } from "../../shared/domain/ai-request.ts";
import { type Client, clientRecord, newClient } from "../../shared/domain/client.ts";
import { exportRecord, newExport } from "../../shared/domain/export.ts";
import { importRecord } from "../../shared/domain/import.ts";
import { interactionRecord } from "../../shared/domain/interaction.ts";
import { cmaRecord } from "../../shared/domain/market-analysis.ts";
import { mediaRecord } from "../../shared/domain/media.ts";
import { mergeRecord } from "../../shared/domain/merge.ts";
import { newImport } from "../../shared/domain/new-import.ts";
import { NewProperty } from "../../shared/domain/property.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { newProperty } from "../../shared/domain/property-status.ts";
import { newProposal, proposalRecord } from "../../shared/domain/proposal.ts";
import type { AnyRecordType, RecordOf } from "../../shared/domain/record-type.ts";
import { newTask, taskRecord } from "../../shared/domain/task.ts";
import { uuidv7 } from "../../shared/domain/uuid.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { table } from "../in-process.ts";
import { house } from "../properties.ts";
import { askedFor, aTask } from "../proposals.ts";
import type { OwnedKind } from "./rows.ts";

/** A record that was put into the table: what paths name it by, and the record that decides who may do what with it. */
export interface Placed {
  readonly params: Readonly<Record<string, string>>;
  readonly type: AnyRecordType;
  readonly id: string;
}

const newId = () => uuidv7(new Date(), randomBytes(10));

/** Puts a record into a brokerage, whose it is and with whom it is shared as said, past the API. */
export async function place(
  kind: OwnedKind,
  brokerageId: string,
  belongs: Guarded,
  { deleted = false, property_id = newId() } = {},
): Promise<Placed> {
  const { status, ...belonging } = belongs as Guarded & { owner_user_id: string; title?: string };
  const invoked = invocation("test", null);
  const writes: Write[] = [];
  const put = <T extends AnyRecordType>(type: T, fields: object): RecordOf<T> => {
    const made = createRecord(type as AnyRecordType, brokerageId, fields as never, invoked);
    const isIt = deleted && !type.parent;
    // One transaction holds an item once: what is deleted is written as deleted.
    const gone = isIt ? deleteRecord(type as AnyRecordType, made.record, invoked) : [];
    const items = gone.flatMap((write) => ("Put" in write ? [{ Put: { Item: write.Put.Item } }] : []));
    writes.push(...(isIt ? items : (made.writes as Write[])));
    return made.record as RecordOf<T>;
  };
  const listing = () => {
    const body = NewProperty.parse(house);
    const made = newProperty(body, { owner_user_id: belonging.owner_user_id, now: invoked.now });
    return put(propertyRecord, { ...made, ...belonging, status: status ?? "rented" });
  };
  const analysis = () =>
    put(cmaRecord, {
      ...{ ...queued, status: "completed", property_id, currency: "USD", asking_price: null },
      ...{ effective_date: "2026-01-01", completed_at: invoked.now.toISOString(), ...belonging },
    });
  const person = (merges: Pick<Client, "merges"> = { merges: null }) => {
    const owned = { team_id: null, ...belonging };
    const made = newClient({ name: belonging.title ?? "C" }, owned, { now: invoked.now, by: "test" });
    return put(clientRecord, { ...made, ...merges, ...belonging });
  };
  const asking = () =>
    put(aiRequestRecord, askedFor(belonging.owner_user_id, belonging.title ?? "What is next?", invoked));
  const makers: Record<OwnedKind, () => Placed> = {
    property() {
      const { id } = listing();
      return { params: { property_id: id }, type: propertyRecord, id };
    },
    media() {
      const { id } = listing();
      const fields = { property_id: id, type: "image", content_type: "image/jpeg", size_bytes: 1 };
      const media = put(mediaRecord, { ...fields, file_name: "a.jpg", status: "awaiting_upload" });
      return { params: { media_id: media.id }, type: propertyRecord, id };
    },
    task() {
      const { id } = put(taskRecord, {
        ...newTask({ title: "T" } as never, { team_id: null, ...belonging }),
        ...belonging,
      });
      return { params: { task_id: id }, type: taskRecord, id };
    },
    client() {
      const { id } = person();
      return { params: { client_id: id }, type: clientRecord, id };
    },
    interaction() {
      const { id } = person();
      const fields = {
        client_id: id,
        user_id: belonging.owner_user_id,
        type: "call",
        notes: belonging.title,
      };
      const said = put(interactionRecord, { ...fields, occurred_at: invoked.now.toISOString() });
      return { params: { interaction_id: said.id, client_id: id }, type: clientRecord, id };
    },
    interest() {
      const client = makers.client();
      const { id } = put(propertyRecord, {
        ...newProperty(NewProperty.parse(house), {
          owner_user_id: belonging.owner_user_id,
          now: invoked.now,
        }),
        status: "active",
      });
      const key = { ...recordKey(brokerageId, clientRecord, client.id), sk: `interest#${id}` };
      const said = {
        version: 1,
        updated_at: invoked.now.toISOString(),
        created_at: invoked.now.toISOString(),
        listed: { interest: "favorite" },
      };
      writes.push(
        create(
          withSchemaVersion("interest", {
            ...key,
            ...said,
            brokerage_id: brokerageId,
            id: client.id,
            written: invoked.written,
          }),
        ),
      );
      return { ...client, params: { ...client.params, property_id: id } };
    },
    merge() {
      const merge_id = newId();
      const { id } = person({ merges: [{ merge_id, client_ids: [] }] });
      const moved = { edits: {}, phones: {}, tags: {} };
      put(mergeRecord, { id: merge_id, client_id: id, from: [], status: "merged", moved });
      return { params: { merge_id }, type: clientRecord, id };
    },
    cma() {
      const { id } = analysis();
      return { params: { cma_id: id }, type: cmaRecord, id };
    },
    link() {
      const { id } = analysis();
      const link = newLink({ brokerage_id: brokerageId, cma_id: id }, 7, belonging.owner_user_id, invoked);
      writes.push(create(linkItem(link)));
      return { params: { cma_id: id, link_id: link.id }, type: cmaRecord, id };
    },
    import() {
      const asked = { owner_user_id: belonging.owner_user_id, task_id: newId(), asked: invoked.written };
      const fields = newImport({ resource: "property", format: "csv", size_bytes: 1 } as never, asked);
      const { id } = put(importRecord, { ...fields, ...belonging });
      return { params: { import_id: id }, type: importRecord, id };
    },
    export() {
      const by = { owner_user_id: belonging.owner_user_id, task_id: newId(), asked: invoked.written };
      const fields = newExport({ resource: "property", format: "csv", filters: {} }, by);
      const { id } = put(exportRecord, { ...fields, ...belonging, status: "failed" });
      return { params: { export_id: id }, type: exportRecord, id };
    },
    ai_request() {
      const { id } = asking();
      return { params: { ai_request_id: id }, type: aiRequestRecord, id };
    },
    proposal() {
      const request = asking();
      const made = newProposal(aTask(belonging.title), request.id);
      const { id } = put(proposalRecord, made);
      return { params: { ai_request_id: request.id, proposal_id: id }, type: proposalRecord, id };
    },
  };
  const placed = makers[kind]();
  await table.commit(writes);
  return placed;
}
