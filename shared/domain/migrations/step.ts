export type Fields = Readonly<Record<string, unknown>>;

/** One step of a stored shape: from a version to the next. */
export interface Migration {
  /** Names it in the table and in logs; never changes. */
  readonly name: string;
  /** The type of record, or the item of `schemas` in `shared/data/schema.ts`. */
  readonly of: string;
  readonly from: number;
  readonly to: number;
  /**
   * Makes the new shape from the old one: a record's fields (its indexes follow from them), or the whole item. What is
   * there in the new shape must stay: an older release that is deployed again writes its own version, and keeps fields
   * that it does not know.
   */
  readonly step: ((old: Fields) => Fields) | "delete";
  /**
   * The same for what lists show of a record, where the step changes that. An entry does not say its version, so this
   * must leave a new one as it is.
   */
  readonly listed?: (old: Fields) => Fields;
}
