import * as z from "zod/mini";
import { McpMessage, McpRefusal, McpReply } from "../../shared/ai/mcp/protocol.ts";
import { AiBudget } from "../../shared/domain/ai-budget.ts";
import { AiUsage } from "../../shared/domain/ai-usage.ts";
import { ApiKey, CreatedApiKey } from "../../shared/domain/api-key-answers.ts";
import { Changes, CheckpointKey, FieldChange, RecordChange } from "../../shared/domain/audit.ts";
import { Dependents, RestoredClient } from "../../shared/domain/client.ts";
import {
  Adjustment,
  Analysis,
  Change,
  Comp,
  Difference,
  Line,
  MarketPosition,
  Neighbour,
  Neighbourhood,
  Rate,
  Rejected,
  Statistics,
  Window,
} from "../../shared/domain/cma/analysis.ts";
import { Home, Sale } from "../../shared/domain/cma/sale.ts";
import { NewRevision } from "../../shared/domain/cma-revision.ts";
import { CustomField, CustomFields, NewCustomFields } from "../../shared/domain/custom-field.ts";
import { AccessDecision } from "../../shared/domain/explain.ts";
import { NewHandOver, SkippedRecord } from "../../shared/domain/hand-over.ts";
import { RowError, Skipped } from "../../shared/domain/import.ts";
import {
  Interest,
  InterestedClient,
  InterestingProperty,
  NewInterest,
} from "../../shared/domain/interest.ts";
import { ReceivedAnswer, TakenLead } from "../../shared/domain/lead.ts";
import { LeadRouting, NewLeadRouting } from "../../shared/domain/lead-routing.ts";
import { StartedImport } from "../../shared/domain/new-import.ts";
import { NewPicture, Picture } from "../../shared/domain/picture.ts";
import { Location, Property, PropertyStep } from "../../shared/domain/property.ts";
import { ProposalVersion } from "../../shared/domain/proposal.ts";
import { PublicOffice, PublicProperty, PublicPropertySummary } from "../../shared/domain/public-property.ts";
import { RolePermission, RolePermissions, UserRoles } from "../../shared/domain/role.ts";
import { Tokens } from "../../shared/domain/session.ts";
import { NewShare, Share } from "../../shared/domain/share.ts";
import { NewShareLink, ShareLink } from "../../shared/domain/share-link.ts";
import { NewMember } from "../../shared/domain/team.ts";
import { UploadRequest } from "../../shared/domain/upload.ts";
import { Person, PersonPatch, Registration, User } from "../../shared/domain/user.ts";
import type { Operation } from "../../shared/entry/definition.ts";

/**
 * The schemas that operations do not name by themselves: parts of others, and what is called other than its operation.
 * The types of clients are called so, in every release.
 */
export const ownNames = {
  AiBudget,
  AiUsage,
  User,
  UserRole: User.shape.role,
  Person,
  PersonPatch,
  Registration,
  Tokens,
  PropertyStep,
  PropertyType: Property.shape.property_type,
  PropertyStatus: Property.shape.status,
  Location,
  PublicProperty,
  PublicPropertySummary,
  PublicOffice,
  UploadRequest,
  Picture,
  NewPicture,
  NewRevision,
  RolePermission,
  AccessDecision,
  ApiKey,
  CreatedApiKey,
  RolePermissions,
  UserRoles,
  Share,
  NewShare,
  NewTeamMember: NewMember,
  ShareLink,
  NewShareLink,
  Analysis,
  AnalysisChange: Change,
  AnalysisDifference: Difference,
  Home,
  Sale,
  RejectedSale: Rejected,
  Comp,
  Adjustment,
  AdjustmentLine: Line,
  Neighbour,
  Neighbourhood,
  Rate,
  MarketPosition,
  MarketStatistics: Statistics,
  MarketWindow: Window,
  ClientDependents: Dependents,
  RestoredClient,
  CustomField,
  CustomFields,
  NewCustomFields,
  TakenLead,
  ReceivedLead: ReceivedAnswer,
  LeadRouting,
  NewLeadRouting,
  StartedImport,
  RowError,
  SkippedRow: Skipped,
  NewHandOver,
  SkippedRecord,
  ProposalVersion,
  Interest,
  NewInterest,
  InterestingProperty,
  InterestedClient,
  RecordChange,
  RecordChanges: Changes,
  FieldChange,
  CheckpointKey,
  McpMessage,
  McpReply,
  McpRefusal,
} as const satisfies Record<string, z.ZodMiniType>;

type Schema = z.core.$ZodType;

/** The names of a document's schemas. */
export class Names {
  private readonly names: ReadonlyMap<Schema, string>;

  constructor(operations: readonly Operation[]) {
    const own = Object.entries(ownNames).map(([name, schema]) => [schema, name] as const);
    this.names = new Map([...conventionalNames(operations), ...own]);
  }

  /** The name of a schema; undefined where it stands inside others only. */
  of(schema: Schema): string | undefined {
    return this.names.get(schema);
  }

  /** The name of what a page lists; undefined for what is no page. */
  ofItem(schema: Schema): string | undefined {
    const item = itemOf(schema);
    return item && this.of(item);
  }

  /**
   * The name of an operation's body or answer: the schema's own; `<Item>Page` of a page; that of the operation for one
   * that is written in it (`LoginRequest`).
   */
  in({ id }: Operation, part: "Request" | "Response", schema: Schema): string {
    const item = this.ofItem(schema);
    const page = item && `${item.replace(/Summary$/, "")}Page`;
    return this.of(schema) ?? page ?? id[0]!.toUpperCase() + id.slice(1) + part;
  }
}

/**
 * The names that operations give: the record of `getShowing`, `createShowing`, `updateShowing` or `restoreShowing` is a
 * `Showing`, a body that creates one a `NewShowing`, one that changes it a `ShowingPatch`. What `listShowings` lists is
 * a `ShowingSummary` where it is not the whole record.
 */
export function conventionalNames(operations: readonly Operation[]): ReadonlyMap<Schema, string> {
  const names = new Map<Schema, string>();
  const records = new Set<string>();
  const name = (schema: Schema | undefined, as: string) => {
    if (schema && !names.has(schema)) names.set(schema, as);
  };
  const split = operations.map(({ id, body, answer }) => {
    const [, verb = "", noun = ""] = /^([a-z]+)(\w*)$/.exec(id) ?? [];
    return { verb, noun, body, answer: "body" in answer ? answer.body : undefined };
  });
  for (const { verb, noun, body, answer } of split) {
    if (["get", "create", "update", "restore"].includes(verb) && isRecord(answer)) {
      name(answer, noun);
      records.add(noun);
    }
    if (verb === "create") name(body, `New${noun}`);
    if (verb === "update") name(body, `${noun}Patch`);
  }
  for (const { verb, noun, answer } of split)
    if (verb === "list") {
      const one = singular(noun);
      name(itemOf(answer), records.has(one) ? `${one}Summary` : one);
    }
  return names;
}

const isRecord = (schema: Schema | undefined) =>
  schema instanceof z.ZodMiniObject && "id" in schema.shape && "version" in schema.shape;

/** What a page lists. */
function itemOf(schema: Schema | undefined): Schema | undefined {
  if (!(schema instanceof z.ZodMiniObject) || !("next_cursor" in schema.shape)) return undefined;
  const { items } = schema.shape;
  return items instanceof z.ZodMiniArray ? items.def.element : undefined;
}

const singular = (noun: string) =>
  noun
    .replace(/ies$/, "y")
    .replace(/(ch|sh|ss|x)es$/, "$1")
    .replace(/([^s])s$/, "$1");
