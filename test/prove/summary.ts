import { basename } from "node:path";
import type { Reporter, SerializedError, TestCase, TestModule } from "vitest/node";

interface Row {
  readonly bar: string;
  readonly what: string;
  readonly result: "holds" | "FAILS" | "not run";
  readonly seconds: string;
}

/** Reports the proofs as a table: a row for each test, under the bar that its file is named after. */
export default class Summary implements Reporter {
  private readonly rows: Row[] = [];

  onTestCaseResult(test: TestCase): void {
    const { state, errors } = test.result();
    const row: Row = {
      bar: barOf(test.module),
      what: test.fullName,
      result: state === "passed" ? "holds" : state === "skipped" ? "not run" : "FAILS",
      seconds: ((test.diagnostic()?.duration ?? 0) / 1000).toFixed(1),
    };
    this.rows.push(row);
    console.log(`bar ${row.bar}: ${row.result} (${row.seconds} s) ${row.what}`);
    for (const error of errors ?? []) console.log(said(error));
  }

  /** The figures that a proof measured; not the log of what runs in its process. */
  onUserConsoleLog({ content }: { content: string }): void {
    for (const line of content.split("\n")) if (line !== "" && !line.startsWith("{")) console.log(line);
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    for (const module of modules)
      for (const error of module.errors()) {
        this.rows.push({ bar: barOf(module), what: module.relativeModuleId, result: "FAILS", seconds: "" });
        console.log(said(error));
      }
    for (const error of errors) console.log(said(error));
    console.log(`\n${table(this.rows.toSorted((a, b) => a.bar.localeCompare(b.bar)))}`);
    const count = (result: Row["result"]) => this.rows.filter((row) => row.result === result).length;
    const skipped = count("not run") > 0 ? `, ${count("not run")} skipped` : "";
    console.log(`\n${count("holds")} passed, ${count("FAILS") + errors.length} failed${skipped}`);
  }
}

/** An error with what caused it: that a request failed says little. */
const said = ({ stack, message, cause }: Partial<SerializedError>): string =>
  [stack ?? message, ...(cause ? [`Caused by ${said(cause)}`] : [])].join("\n");

/** `test/prove/bar-05-refresh.prove.ts` is bar 05. */
const barOf = (module: TestModule): string => basename(module.moduleId).match(/^bar-(\d+)/)?.[1] ?? "";

function table(rows: readonly Row[]): string {
  const head = { bar: "bar", what: "what", result: "result", seconds: "seconds" };
  const widths = { bar: 3, what: Math.max(...rows.map(({ what }) => what.length), 4), result: 7, seconds: 8 };
  return [head, ...rows]
    .map(({ bar, what, result, seconds }) =>
      [
        bar.padEnd(widths.bar),
        what.padEnd(widths.what),
        result.padEnd(widths.result),
        seconds.padStart(8),
      ].join("  "),
    )
    .join("\n");
}
