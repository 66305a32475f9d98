import { existsSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { openStore } from "./queues.ts";

/** Everything that the local cloud keeps in its data folder. */
const parts = ["assembly", "dynamodb", "logs", "s3", "secrets.json", "streams.json"];

/** Opens the data folder for this process alone, and with it the message store; throws one line when it cannot. */
export function openData(data: string): DatabaseSync {
  try {
    mkdirSync(dirname(data), { recursive: true });
    // Apart: where nothing can be made (/proc), Node's recursive mkdir tries for ever.
    if (!existsSync(data)) mkdirSync(data);
    return openStore(join(data, "queues.sqlite"));
  } catch (error) {
    const { message } = error as Error;
    if (message.includes("locked"))
      throw new Error(`Another local cloud is running on the data folder ${data}`);
    throw new Error(`The data folder ${data} cannot be used: ${message}`);
  }
}

/** Removes what the local cloud keeps there and nothing else; throws when another one is running on it. */
export function clearData(data: string): void {
  const store = openData(data);
  for (const part of parts) rmSync(join(data, part), { recursive: true, force: true });
  store.exec("DELETE FROM messages");
  store.close();
}
