import type { DatabaseSync } from "node:sqlite";

/** How far each reader of a shard has come: a sequence number, or "end" of a shard that is closed. */
export interface Checkpoints {
  get(reader: string, shard: string): string | undefined;
  set(reader: string, shard: string, position: string): void;
}

/** The checkpoints of a store. */
export function openCheckpoints(store: DatabaseSync): Checkpoints {
  store.exec("CREATE TABLE IF NOT EXISTS checkpoints (name TEXT PRIMARY KEY, position TEXT NOT NULL) STRICT");
  const read = store.prepare("SELECT position FROM checkpoints WHERE name = ?");
  const write = store.prepare("INSERT OR REPLACE INTO checkpoints (name, position) VALUES (?, ?)");
  return {
    get: (reader, shard) => read.get(`${reader} ${shard}`)?.position as string | undefined,
    set: (reader, shard, position) => void write.run(`${reader} ${shard}`, position),
  };
}
