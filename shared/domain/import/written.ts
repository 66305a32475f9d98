/** Ways in which a file may be written, as callers name them. */

/** The sign before a number's decimals; groups of three are then set apart by the other, a blank or an apostrophe. */
export const decimalSigns = [".", ","] as const;
export type DecimalSign = (typeof decimalSigns)[number];

/** The order of a date's parts where all are digits. */
export const dateOrders = ["mdy", "dmy", "ymd"] as const;
export type DateOrder = (typeof dateOrders)[number];

/** Systems of units: what an area is in where neither its column nor its cell says. */
export const unitSystems = ["imperial", "metric"] as const;
export type UnitSystem = (typeof unitSystems)[number];

export const delimiters = [",", ";", "\t", "|"] as const;
export type Delimiter = (typeof delimiters)[number];

export const encodings = ["utf-8", "utf-16le", "utf-16be"] as const;
export type Encoding = (typeof encodings)[number];

/** Where in a file a step begins. */
export interface Position {
  readonly offset: number;
  /** Rows before it. */
  readonly row: number;
  /** A CSV's columns, once read. */
  readonly header: readonly string[] | null;
  /** What the file's first bytes told. */
  readonly encoding?: Encoding;
  readonly delimiter?: Delimiter;
}

/** Where every pass through a file begins. */
export const fileStart: Position = { offset: 0, row: 0, header: null };
