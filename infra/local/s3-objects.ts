import { createHash, randomUUID } from "node:crypto";
import { createWriteStream, existsSync, mkdirSync, rmSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { pipeline } from "node:stream/promises";
import { AwsError } from "./aws-error.ts";

/** One version of an object, or a delete marker. */
export interface Version {
  readonly id: string;
  readonly key: string;
  readonly isMarker: boolean;
  readonly isLatest: boolean;
  readonly modified: Date;
  /** Bytes. */
  readonly size: number;
  /** With its quotes. */
  readonly etag: string;
  /** What is sent with the object as it was said when it was put: content type and the like. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The rules of a bucket's lifecycle; ages in days. */
export interface LifecycleRule {
  readonly prefix: string;
  readonly expiration?: number;
  readonly noncurrentExpiration?: number;
  readonly expiredDeleteMarker?: boolean;
}

/** The objects of one bucket. */
export interface Objects {
  /** The latest version, or the one of an id; it may be a delete marker. */
  find(key: string, id?: string): Version | undefined;
  /** The bytes of a version; undefined when it has been deleted in the meantime. */
  open(version: Version): Promise<FileHandle | undefined>;
  /** Keeps the bytes once all of them have come; throws 412 when there must be no object yet and there is one. */
  put(
    key: string,
    body: AsyncIterable<Buffer>,
    headers: Version["headers"],
    mustBeNew: boolean,
  ): Promise<Version>;
  /** Makes a delete marker the latest version, or deletes one version for good; answers marker or version. */
  delete(key: string, id?: string): Version | undefined;
  /** Latest versions after a key, without those deleted; `limit` of them at most. */
  list(prefix: string, after: string, limit: number): Version[];
  /** All versions and delete markers, the newest of a key first. */
  versions(prefix: string): Version[];
  /** Applies lifecycle rules as of a moment. */
  expire(rules: readonly LifecycleRule[], now: Date): void;
}

const day = 86_400_000;

/** Opens a bucket: its versions are rows in the store, their bytes files in the folder. Says whether it is new. */
export function openObjects(
  store: DatabaseSync,
  folder: string,
  bucket: string,
): { objects: Objects; isNew: boolean } {
  store.exec(`CREATE TABLE IF NOT EXISTS objects (
      number INTEGER PRIMARY KEY, bucket TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, modified INTEGER NOT NULL,
      marker INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, headers TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS by_key ON objects (bucket, key, number);
    CREATE TEMP VIEW IF NOT EXISTS versions AS SELECT *, lag(modified) OVER newest AS replaced,
      count(*) OVER (PARTITION BY bucket, key) AS versions FROM objects
      WINDOW newest AS (PARTITION BY bucket, key ORDER BY number DESC);`);
  const file = (id: string) => join(folder, bucket, id);
  const isNew = !existsSync(join(folder, bucket));
  mkdirSync(join(folder, bucket), { recursive: true });

  const select = (where: string, limit = "") =>
    store.prepare(`SELECT * FROM versions WHERE bucket = ?1 AND ${where} ORDER BY key, number DESC ${limit}`);
  const below = "substr(key, 1, length(?2)) = ?2";
  const ofKey = select("key = ?2");
  const history = select(below);
  const current = select(`replaced IS NULL AND NOT marker AND ${below} AND key > ?3`, "LIMIT ?4");
  const expired = select(`replaced IS NULL AND NOT marker AND ${below} AND modified <= ?3`);
  const noncurrent = select(`${below} AND replaced <= ?3`);
  const lonelyMarkers = select(`marker AND versions = 1 AND ${below}`);
  const insert = store.prepare(
    "INSERT INTO objects (bucket, key, id, modified, marker, size, etag, headers) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
  );
  const drop = store.prepare("DELETE FROM objects WHERE bucket = ? AND id = ?");
  const rows = (query: typeof ofKey, ...parameters: (string | number)[]) =>
    query.all(bucket, ...parameters).map(versionOf);

  const objects: Objects = {
    find: (key, id) => rows(ofKey, key).find((version) => id === undefined || version.id === id),
    open: (version) =>
      open(file(version.id)).catch((error) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
      }),
    async put(key, body, headers, mustBeNew) {
      const id = newId();
      const hash = createHash("md5");
      let size = 0;
      async function* counted(chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          size += chunk.length;
          yield chunk;
        }
      }
      try {
        await pipeline(body, counted, createWriteStream(file(id)));
        const latest = objects.find(key);
        if (mustBeNew && latest && !latest.isMarker)
          throw new AwsError("PreconditionFailed", 412, "At least one of the preconditions did not hold");
      } catch (error) {
        rmSync(file(id), { force: true });
        throw error;
      }
      return add(key, id, size, `"${hash.digest("hex")}"`, headers);
    },
    delete(key, id) {
      if (id === undefined) return add(key, newId());
      const found = objects.find(key, id);
      if (found) remove(found);
      return found;
    },
    list: (prefix, after, limit) => rows(current, prefix, after, limit),
    versions: (prefix) => rows(history, prefix),
    expire(rules, now) {
      // S3 rounds what is due up to the next midnight (UTC).
      const cutoff = (days: number) => Math.floor(now.getTime() / day) * day - days * day;
      for (const { prefix, expiration, noncurrentExpiration, expiredDeleteMarker } of rules) {
        if (expiration !== undefined)
          for (const { key } of rows(expired, prefix, cutoff(expiration))) objects.delete(key);
        if (noncurrentExpiration !== undefined)
          rows(noncurrent, prefix, cutoff(noncurrentExpiration)).forEach(remove);
        if (expiredDeleteMarker) rows(lonelyMarkers, prefix).forEach(remove);
      }
    },
  };
  return { objects, isNew };

  function add(key: string, id: string, size = 0, etag = "", headers: Version["headers"] = {}): Version {
    insert.run(bucket, key, id, Date.now(), etag ? 0 : 1, size, etag, JSON.stringify(headers));
    return objects.find(key)!;
  }

  function remove({ id }: Version) {
    drop.run(bucket, id);
    rmSync(file(id), { force: true });
  }
}

const newId = () => randomUUID().replaceAll("-", "");

function versionOf(row: Record<string, unknown>): Version {
  return {
    id: String(row.id),
    key: String(row.key),
    isMarker: row.marker === 1,
    isLatest: row.replaced === null,
    modified: new Date(Number(row.modified)),
    size: Number(row.size),
    etag: String(row.etag),
    headers: JSON.parse(String(row.headers)),
  };
}
