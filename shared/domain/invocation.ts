/** Who wrote an item, from where and in which invocation; on every record from its first write. */
export interface WriteStamp {
  /** User id, or the name of the worker that wrote. */
  readonly by: string;
  /** The API key that the user's request came by; none of a session. */
  readonly api_key_id?: string;
  readonly ip: string | null;
  /** The caller's, cut to 200 characters; left out where none was sent, and by imports. */
  readonly user_agent?: string;
  /** One id for everything that one invocation writes: identifies a repeated write. */
  readonly operation_id: string;
}

/** What one invocation knows. Time and ids come from here and nowhere else. */
export interface Invocation {
  readonly now: Date;
  /** A new time-ordered id (UUIDv7). */
  newId(): string;
  /** Stamp for every item this invocation writes. */
  readonly written: WriteStamp;
}

/** The stamp of what is written in thousands: a user agent would be in every item. */
export const bulkStamp = ({ user_agent: _, ...stamp }: WriteStamp): WriteStamp => stamp;
