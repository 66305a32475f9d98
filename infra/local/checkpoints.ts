import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** How far each reader of a shard has come: a sequence number, or "end" of a shard that is closed. */
export interface Checkpoints {
  get(reader: string, shard: string): string | undefined;
  set(reader: string, shard: string, position: string): void;
}

/** Checkpoints in one file, written whole at each step. */
export function openCheckpoints(file: string): Checkpoints {
  const positions: Record<string, string> = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  return {
    get: (reader, shard) => positions[`${reader} ${shard}`],
    set(reader, shard, position) {
      positions[`${reader} ${shard}`] = position;
      writeFileSync(`${file}.new`, JSON.stringify(positions));
      renameSync(`${file}.new`, file);
    },
  };
}
