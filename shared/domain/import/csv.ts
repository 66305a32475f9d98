import { type CsvError, type Info, parse } from "csv-parse";
import { FileFault, maxRowBytes, type Token } from "./token.ts";

/** Why a file cannot be read on, by the parser's code. */
const faults: Readonly<Record<string, string>> = {
  CSV_MAX_RECORD_SIZE: `is longer than ${maxRowBytes} bytes, or opens a quote that is not closed`,
  CSV_QUOTE_NOT_CLOSED: "opens a quote that is not closed before the file ends",
};

/**
 * The records of a CSV file as lists of text, with the byte after each; `from` is the byte at which `body` begins,
 * always the beginning of a record. Any line ends, quotes within unquoted text stay, empty lines are no records.
 * Throws `FileFault` after the last record that could be read.
 */
export async function* csvRecords(
  body: AsyncIterable<Uint8Array>,
  from: number,
  delimiter = ",",
): AsyncGenerator<Token<string[]>> {
  let read: Token<string[]>[] = [];
  const parser = parse({
    bom: from === 0,
    delimiter,
    max_record_size: maxRowBytes,
    record_delimiter: ["\r\n", "\n", "\r"],
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    // Collected here and not through the stream, which drops what it holds when a later record is broken.
    on_record: (value: string[], { bytes }: Info & { bytes: number }) => {
      read.push({ value, end: from + bytes });
      return null;
    },
  });
  // What is written or ended is told of the error; without a listener it would end the process as well.
  parser.on("error", () => {});
  const told = (send: (done: (error?: Error | null) => void) => void) =>
    new Promise<CsvError | undefined>((resolve) =>
      send((error) => resolve((error as CsvError) ?? undefined)),
    );

  for await (const bytes of body) {
    const error = await told((done) => parser.write(bytes, done));
    yield* read;
    read = [];
    if (error) throw fault(error);
  }
  const error = await told((done) => parser.end(done));
  yield* read;
  if (error) throw fault(error);
}

/** The parser's errors are about the file: they would come again. */
const fault = (error: CsvError): Error =>
  "code" in error ? new FileFault(faults[error.code] ?? "cannot be read as CSV") : error;
