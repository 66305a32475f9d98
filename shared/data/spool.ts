import { randomUUID } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";

/** Characters that are collected before they are written. */
const piece = 256 * 1024;

/**
 * A file for what is too long for memory. It has no name once it is open, so that it is gone with the process, however
 * that ends. Write all of it, then read.
 */
export class Spool implements AsyncDisposable {
  readonly #file: FileHandle;
  #pending: string[] = [];
  #characters = 0;
  #bytes = 0;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(): Promise<Spool> {
    const path = join(tmpdir(), `gable-${randomUUID()}`);
    const file = await open(path, "wx+", 0o600);
    await unlink(path);
    return new Spool(file);
  }

  /** How many bytes are written. */
  get bytes(): number {
    return this.#bytes;
  }

  async write(text: string): Promise<void> {
    this.#pending.push(text);
    this.#characters += text.length;
    if (this.#characters >= piece) await this.flush();
  }

  /** Writes what was collected: call it before reading. */
  async flush(): Promise<void> {
    const bytes = Buffer.from(this.#pending.join(""));
    this.#pending = [];
    this.#characters = 0;
    for (let written = 0; written < bytes.length; )
      written += (await this.#file.write(bytes, written, bytes.length - written, this.#bytes + written))
        .bytesWritten;
    this.#bytes += bytes.length;
  }

  /** So many bytes from one on, or what there is of them. */
  async read(from: number, length: number): Promise<Buffer> {
    const bytes = Buffer.alloc(Math.max(0, Math.min(length, this.#bytes - from)));
    for (let read = 0; read < bytes.length; )
      read += (await this.#file.read(bytes, read, bytes.length - read, from + read)).bytesRead;
    return bytes;
  }

  /** All of it. */
  stream(): Readable {
    return this.#file.createReadStream({ start: 0, autoClose: false });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
  }
}
