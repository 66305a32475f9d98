import { createWriteStream, mkdirSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** The functions' logs: one file each, one JSON document a line. */
export interface Logs {
  /** Copies a process's output, line by line; a line that is no JSON becomes one. */
  follow(functionName: string, output: Readable): void;
  /** A line of the platform itself. */
  write(functionName: string, message: string, fields: object): void;
  close(): void;
}

/** Logs in a folder, each file named after its function. */
export function openLogs(folder: string): Logs {
  mkdirSync(folder, { recursive: true });
  const files = new Map<string, WriteStream>();
  function file(name: string): WriteStream {
    const open = files.get(name) ?? createWriteStream(join(folder, `${name}.log`), { flags: "a" });
    files.set(name, open);
    return open;
  }
  const line = (message: string, fields: object) =>
    `${JSON.stringify({ time: new Date().toISOString(), message, ...fields })}\n`;
  return {
    follow(name, output) {
      createInterface(output).on("line", (text) => {
        file(name).write(text.startsWith("{") ? `${text}\n` : line(text, {}));
      });
    },
    write: (name, message, fields) => void file(name).write(line(message, fields)),
    close: () => {
      for (const stream of files.values()) stream.end();
    },
  };
}

/** Logs each step of a long task when it is done, with its duration in seconds. */
export function stopwatch(log: (line: string) => void): (step: string) => void {
  let since = performance.now();
  return (step) => {
    log(`${step}: ${((performance.now() - since) / 1000).toFixed(1)} s`);
    since = performance.now();
  };
}
