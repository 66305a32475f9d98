import type * as z from "zod/mini";
import type { Resource, Shares } from "./access.ts";
import type { WriteStamp } from "./invocation.ts";
import type { ProblemCode } from "./problem.ts";
import type { Searched } from "./words.ts";

/** What every record has. `version` counts its writes from 1; timestamps are ISO 8601 UTC. */
export interface Meta {
  readonly brokerage_id: string;
  readonly id: string;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly written: WriteStamp;
  /** With whom it is shared; only where its type has an owner. */
  readonly shares?: Shares | undefined;
  /** The hand-over that last gave it to its owner. */
  readonly handed?: HandOverMark | undefined;
  /** When what it says of a person was erased; a record that is about nothing else is deleted with it. */
  readonly erased_at?: string | undefined;
}

/** What a hand-over leaves on a record: that it counts it once, and what undoing it goes by. */
export interface HandOverMark {
  readonly hand_over_id: string;
  readonly batch: number;
  /** The version it wrote, or a worker after it: a higher one has been changed by somebody since. */
  readonly version: number;
  /** The record's team before. */
  readonly team_id: string | null;
  readonly is_returned: boolean;
}

/**
 * The index attributes of a record (`shared/data/schema.ts`), by which it is found other than by its key. Each that is
 * set adds an index entry, which costs a write unit; null adds none.
 */
export interface IndexAttributes {
  /** What lists are narrowed by: a status. */
  readonly state?: string | null;
  /** What a list in a state is sorted by: a price, a score, a due date. */
  readonly rank?: number | null;
  readonly bedrooms?: number | null;
  /** When it happened, where that is not its creation. */
  readonly at?: string | null;
  /** The records it belongs to: it is in their lists of its type. */
  readonly property_id?: string | null;
  readonly client_id?: string | null;
  /** Where it is: a geohash of 3, on or off the market, a geohash of 8. */
  readonly area?: string | null;
  readonly market?: "on" | "off" | null;
  readonly geohash?: string | null;
  /** A closed sale: a geohash of 5, the day it closed, and what lists do not show of it. */
  readonly sale_cell?: string | null;
  readonly close_date?: string | null;
  readonly facts?: object | null;
}

/** A value that only one record may hold at a time. */
export interface Unique<Record> {
  readonly name: string;
  /** The problem for a caller who wants a value that is taken. */
  readonly problem: ProblemCode;
  /** Whether the value is unique over all brokerages or within one. */
  readonly over: "deployment" | "brokerage";
  valuesOf(record: Record): readonly string[];
  /** What its lookup item says beside the brokerage and the id of the record. */
  also?(record: Record): object;
}

/** Records of which a brokerage keeps one at least: what would leave none is refused, however many try at once. */
export interface KeptOne<Record> {
  readonly name: string;
  /** The problem for a caller whose write would leave none. */
  readonly problem: ProblemCode;
  isOne(record: Record): boolean;
}

/** The worker that holds a record's job, and until when. */
export interface Lease {
  /** The operation id of the invocation that claimed it. */
  readonly by: string;
  readonly until: string;
}

/** Minutes after which an unfinished job is given up. */
export const abandonedAfter = 6 * 60;

/** The job of a record: how a worker claims it, and how it ends when no worker finishes it. */
export interface Job<Record> {
  /** States whose beginning sends the record to its worker's queue. */
  readonly startsOn: readonly string[];
  /** Minutes that it may stay in each state; in a state not named here there is no work to do. */
  readonly deadlines: Readonly<{ [state: string]: number }>;
  /** What a worker's claim changes. */
  claimed(record: Record, now: Date): Partial<Record>;
  /** What ends it without a result: its deadline has passed, or its worker failed at the last try. */
  failed(record: Record, cause: "expired" | "failed", now: Date): Partial<Record>;
  /** The task that shows how far it is. */
  task?(record: Record): {
    readonly id: string;
    readonly status: "processing" | "completed" | "failed";
    readonly progress: number;
  };
  /** What another record shows of how it ended, as long as that field still names it by `id`. */
  shownOn?(record: Record): ShownOn | undefined;
}

/** What ends by itself in a record whose job is done. */
export interface Ends<Record> {
  /** When it ends; null where nothing does. */
  at(record: Record): string | null;
  /** What its end changes. */
  ended(record: Record): Partial<Record>;
}

/** A field of another record that shows this one. */
export interface ShownOn {
  readonly type: AnyRecordType;
  readonly id: string;
  readonly field: string;
  readonly value: { readonly id: string };
}

type Schema<Output> = z.ZodMiniObject & { readonly _zod: { readonly output: Output } };

/** A record as stored: its fields, its internal fields, and what every record has. */
export type Stored<Fields, Internal> = Meta & Omit<Fields, keyof Meta> & Internal;

/** The schemas and `internal` alone say what the record is; what reads it here is checked against that. */
type StoredAs<Fields, Internal> = Stored<NoInfer<Fields>, NoInfer<Internal>>;

/** A type of record, declared once: all that `shared/data/` knows of it. */
export interface RecordType<
  Fields extends object,
  Guard extends Resource,
  Listed extends object,
  Internal extends object,
> {
  /** The first part of its keys. */
  readonly name: string;
  /** The version of its stored shape. */
  readonly schema: number;
  /** The resource whose permission guards it. */
  readonly guard: Guard;
  /** What is answered of it, and what lists show of it. */
  readonly fields: Schema<Fields>;
  readonly listed: Schema<Listed>;
  /** Internal fields: stored, but never part of an answer. Only the type is used. */
  readonly internal?: Internal;
  /** Values that are not stored: a record that says nothing else has them. */
  readonly assumed?: Partial<NoInfer<Fields>>;
  /** Its lists: `brokerage`, `changes` (by last change), `owner` (its owner's), `desk` (the same by change or rank). */
  readonly lists: readonly ("brokerage" | "changes" | "owner" | "desk")[];
  /** All its states, where it has them. */
  readonly states?: readonly string[];
  /** The record that decides who may read or write it, and with which it is deleted. */
  readonly parent?: { readonly name: string; idOf(record: StoredAs<Fields, Internal>): string };
  readonly unique?: readonly Unique<StoredAs<Fields, Internal>>[];
  readonly keepsOne?: KeptOne<StoredAs<Fields, Internal>>;
  readonly job?: Job<StoredAs<Fields, Internal>>;
  readonly ends?: Ends<StoredAs<Fields, Internal>>;
  /** Hours that a deleted record is kept before all of it is purged; without, it cannot be deleted. */
  readonly hoursDeleted?: number;
  indexAttributes?(record: StoredAs<Fields, Internal>): IndexAttributes;
  /** Whether it is in no list, though not deleted: another record stands for it. */
  isUnlisted?(record: StoredAs<Fields, Internal>): boolean;
  /** What it is found by; undefined once its data was erased, and then none of its words may stay. */
  searched?(record: StoredAs<Fields, Internal>): Searched | undefined;
  /**
   * The last version that changed more than what Gable computes by itself; the record's own unless said. Who read that
   * one, or a later one, may still change the record.
   */
  lastEdit?(record: StoredAs<Fields, Internal>): number;
  /** Whether it is found by phones, too: then seven digits and more in a search are the last ones of a phone. */
  readonly hasPhones?: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: the general form of every type of record, for lists of them.
export type AnyRecordType = RecordType<any, any, any, any>;

/** A record of a type as stored. */
export type RecordOf<T extends AnyRecordType> =
  T extends RecordType<infer F, infer _G, infer _L, infer B> ? Stored<F, B> : never;

/** What lists show of a type. */
export type ListedOf<T extends AnyRecordType> =
  T extends RecordType<infer _F, infer _G, infer L, infer _B> ? L : never;

/** Declares the type of the internal fields. */
export const internalFields = <T extends object>(): T => ({}) as T;

/** Declares a type of record; returns it as it is. */
export function recordType<
  Fields extends object,
  const Guard extends Resource,
  Listed extends object,
  Internal extends object = object,
>(declaration: RecordType<Fields, Guard, Listed, Internal>): RecordType<Fields, Guard, Listed, Internal> {
  return declaration;
}
