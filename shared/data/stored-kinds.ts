import { aiRequestRecord } from "../domain/ai-request.ts";
import { apiKeyRecord } from "../domain/api-key.ts";
import { brokerageRecord } from "../domain/brokerage.ts";
import { clientRecord } from "../domain/client.ts";
import { customFieldsRecord } from "../domain/custom-field.ts";
import { erasureRecord } from "../domain/erasure.ts";
import { exportRecord } from "../domain/export.ts";
import { marketRecord } from "../domain/fitted-market.ts";
import { handOverRecord } from "../domain/hand-over.ts";
import { importRecord } from "../domain/import.ts";
import { interactionRecord } from "../domain/interaction.ts";
import { leadRoutingRecord } from "../domain/lead-routing.ts";
import { cmaRecord } from "../domain/market-analysis.ts";
import { mediaRecord } from "../domain/media.ts";
import { mergeRecord } from "../domain/merge.ts";
import { pictureRecord } from "../domain/picture-record.ts";
import { propertyRecord } from "../domain/property-record.ts";
import { proposalRecord } from "../domain/proposal.ts";
import type { AnyRecordType } from "../domain/record-type.ts";
import { roleRecord } from "../domain/role.ts";
import { taskRecord } from "../domain/task.ts";
import { teamRecord } from "../domain/team.ts";
import { userRecord } from "../domain/user.ts";
import type { ItemName } from "./schema.ts";

/** Every type of record in the table. */
export const recordTypes: readonly AnyRecordType[] = [
  brokerageRecord,
  userRecord,
  teamRecord,
  roleRecord,
  propertyRecord,
  mediaRecord,
  cmaRecord,
  marketRecord,
  clientRecord,
  mergeRecord,
  erasureRecord,
  leadRoutingRecord,
  interactionRecord,
  customFieldsRecord,
  taskRecord,
  importRecord,
  exportRecord,
  apiKeyRecord,
  handOverRecord,
  pictureRecord,
  aiRequestRecord,
  proposalRecord,
];

/**
 * Where a migration finds items of a kind: at one key in each brokerage (`alone`); in the index of a brokerage's records
 * (`listed`); in an index of what belongs to a record (`below`); in a record's partition, by prefix (`beside`).
 * Deleted records are in the `due` index.
 */
export type Reach =
  | { readonly alone: string }
  | { readonly listed: true }
  | { readonly below: "property" | "client" }
  | { readonly beside: string; readonly prefix: string }
  /** No index leads there; why no migration is needed. */
  | { readonly unreached: string };

const items: Readonly<Record<ItemName, Reach>> = {
  policy: { alone: "policy" },
  count: { alone: "count#admins" },
  session: { beside: "user", prefix: "session#" },
  answer: { unreached: "it keeps the body that was answered, and DynamoDB removes it a day later" },
  history: { beside: "property", prefix: "history#" },
  mediaCount: { beside: "property", prefix: "media-count" },
  userCount: { beside: "role", prefix: "user-count" },
  analysis: { beside: "cma", prefix: "analysis" },
  enquiry: { unreached: "a worker takes it within a minute" },
  lead: { beside: "client", prefix: "lead" },
  leadPhone: { unreached: "DynamoDB removes it a day later" },
  ledger: { beside: "client", prefix: "ledger" },
  pastScore: { beside: "client", prefix: "score#" },
  turn: { beside: "lead_routing", prefix: "turn#" },
  link: { beside: "cma", prefix: "link#" },
  interest: { beside: "client", prefix: "interest#" },
  before: { beside: "import", prefix: "before#" },
  clientBefore: { beside: "client", prefix: "before#" },
  importRow: { beside: "import", prefix: "row#" },
  handOverBatch: { beside: "hand_over", prefix: "batch#" },
  erasureBatch: { beside: "erasure", prefix: "batch#" },
  reminder: { beside: "task", prefix: "reminder" },
  tasksDue: { unreached: "it is mailed at once, and DynamoDB removes it a day later" },
  guesses: { unreached: "counts for a window of minutes, then DynamoDB removes it" },
  reset: { unreached: "counts for a window of minutes, then DynamoDB removes it" },
  mails: { unreached: "counts for a day, then DynamoDB removes it" },
  used: { unreached: "counts for a day, then DynamoDB removes it" },
  wrong: { unreached: "DynamoDB removes it after thirty days" },
  failed: { unreached: "DynamoDB removes it once it stands in the log" },
  logEntry: { unreached: "what was logged stays as it was logged: the chain is computed from it" },
  logHead: { unreached: "each append writes it" },
  logDay: { unreached: "what was logged stays as it was logged" },
  logMark: { unreached: "what was logged stays as it was logged" },
  checkpoint: { unreached: "it is signed" },
  jwks: { unreached: "the bootstrap writes it at every deployment" },
  migration: { unreached: "a migration is followed once" },
  searchWord: { unreached: "a migration of its record writes it anew" },
  aiWork: { unreached: "a request ends within minutes, and what it cost stays as it was counted" },
  aiBudget: { unreached: "counts for a month" },
  aiUsage: { unreached: "what was counted stays as it was counted" },
  endedWords: { unreached: "DynamoDB removes it after thirty days" },
  event: { unreached: "it is written once, and DynamoDB removes it after 400 days" },
  bucket: { unreached: "a rebuild writes it anew from its events" },
  seen: { unreached: "a rebuild writes it anew from its events" },
  folded: { unreached: "each fold writes it" },
  stock: { unreached: "it is written at least every hour" },
  marketSubjects: { unreached: "it lists names alone" },
};

/** Where items of a kind are found: a type of record, or an item that is none. */
export function reachOf(kind: string): Reach {
  const type = recordTypes.find(({ name }) => name === kind);
  if (!type) return items[kind as ItemName] ?? { unreached: "there is no such item" };
  if (type.name === brokerageRecord.name) return { alone: "record" };
  if (type.lists.includes("brokerage")) return { listed: true };
  // What has no list of the brokerage belongs to a client or a property.
  return { below: type.parent?.name === clientRecord.name ? "client" : "property" };
}
