/** One record of a file, and the file's byte after it: where the next chunk may begin. */
export interface Token<Value> {
  readonly value: Value;
  readonly end: number;
}

/** Bytes that one row of a file may have. */
export const maxRowBytes = 1_000_000;

/** The file cannot be read on; the message completes "Row 17 ...". */
export class FileFault extends Error {
  override name = "FileFault";
}
