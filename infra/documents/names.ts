import * as z from "zod/mini";
import { Brokerage, BrokeragePatch, NewBrokerage } from "../../shared/domain/brokerage.ts";
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
import {
  Import,
  ImportSummary,
  NewImport,
  RowError,
  Skipped,
  StartedImport,
} from "../../shared/domain/import.ts";
import { Cma, CmaSummary, NewCma } from "../../shared/domain/market-analysis.ts";
import { Media, MediaPatch, NewMedia } from "../../shared/domain/media.ts";
import {
  Location,
  NewProperty,
  Property,
  PropertyPatch,
  PropertyStep,
  PropertySummary,
} from "../../shared/domain/property.ts";
import { Tokens, UserSession } from "../../shared/domain/session.ts";
import { NewShareLink, ShareLink } from "../../shared/domain/share-link.ts";
import { NewTask, Task, TaskPatch } from "../../shared/domain/task.ts";
import { UploadRequest } from "../../shared/domain/upload.ts";
import { NewUser, Person, PersonPatch, Registration, User } from "../../shared/domain/user.ts";
import type { Operation } from "../../shared/entry/definition.ts";

/** The schemas that the document names: the types of clients are called so, in every release. */
const schemas = {
  Brokerage,
  NewBrokerage,
  BrokeragePatch,
  User,
  UserRole: User.shape.role,
  Person,
  PersonPatch,
  NewUser,
  Registration,
  Session: UserSession,
  Tokens,
  Property,
  PropertySummary,
  NewProperty,
  PropertyPatch,
  PropertyStep,
  PropertyType: Property.shape.property_type,
  PropertyStatus: Property.shape.status,
  Location,
  Media,
  NewMedia,
  MediaPatch,
  UploadRequest,
  Cma,
  CmaSummary,
  NewCma,
  NewRevision,
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
  Import,
  ImportSummary,
  NewImport,
  StartedImport,
  RowError,
  SkippedRow: Skipped,
  Task,
  NewTask,
  TaskPatch,
} as const satisfies Record<string, z.ZodMiniType>;

const names = new Map<z.core.$ZodType, string>(
  Object.entries(schemas).map(([name, schema]) => [schema, name]),
);

/** The name of a schema in the document; undefined where it stands inside others only. */
export const nameOf = (schema: z.core.$ZodType): string | undefined => names.get(schema);

/**
 * The name of an operation's body or answer: the schema's own; `<Item>Page` of a page; that of the operation for one
 * that is written in it (`LoginRequest`).
 */
export function nameIn({ id }: Operation, part: "Request" | "Response", schema: z.ZodMiniType): string {
  const item = itemOf(schema);
  const own = nameOf(schema);
  if (own) return own;
  if (item) return `${item.replace(/Summary$/, "")}Page`;
  return id[0]!.toUpperCase() + id.slice(1) + part;
}

/** The name of what a page lists; undefined for what is no page. */
export function itemOf(schema: z.ZodMiniType): string | undefined {
  if (!(schema instanceof z.ZodMiniObject) || !("next_cursor" in schema.shape)) return undefined;
  const { items } = schema.shape;
  return items instanceof z.ZodMiniArray ? nameOf(items.def.element) : undefined;
}
