import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** What the local cloud keeps in its data folder beside the store, and what earlier versions kept there. */
const parts = ["dynamodb", "logs", "s3", "secrets.json", "streams.json", "queues.sqlite"];

/** The format version of the stored data: raise it when older data can no longer be read. */
const format = 2;

/**
 * Opens the data folder for this process alone, and with it the store of messages and objects; throws one line when it
 * cannot. Data of another format is removed, which `log` says.
 */
export function openData(data: string, log: (line: string) => void): DatabaseSync {
  try {
    mkdirSync(dirname(data), { recursive: true });
    // Apart: where nothing can be made (/proc), Node's recursive mkdir tries for ever.
    if (!existsSync(data)) mkdirSync(data);
    const store = openStore(join(data, "store.sqlite"));
    const found = store.prepare("PRAGMA user_version").get()!.user_version;
    if (found !== format && clear(data, store))
      log(`The data in ${data} was written by another version of Gable: deleted it, starting empty`);
    store.exec(`PRAGMA user_version = ${format}`);
    return store;
  } catch (error) {
    const { message } = error as Error;
    if (message.includes("locked"))
      throw new Error(
        `Another local cloud is using the data folder ${data}: stop it, or choose another folder with --data`,
      );
    throw new Error(`The data folder ${data} cannot be used: ${message}`);
  }
}

/** Removes what the local cloud keeps there and nothing else; throws when another one is running on it. */
export function clearData(data: string): void {
  const store = openData(data, () => {});
  clear(data, store);
  store.close();
}

function openStore(file: string): DatabaseSync {
  const store = new DatabaseSync(file);
  // Exclusive: a second start on the same folder is refused by the operating system's lock, which no crash leaves behind.
  store.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;");
  store.exec("BEGIN EXCLUSIVE; COMMIT");
  return store;
}

/** Answers whether there was anything. */
function clear(data: string, store: DatabaseSync): boolean {
  const kept = parts.map((part) => join(data, part)).filter(existsSync);
  for (const path of kept) rmSync(path, { recursive: true, force: true });
  const tables = store.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all();
  for (const { name } of tables) store.exec(`DROP TABLE "${name}"`);
  return kept.length > 0;
}
