import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { clearData, openData } from "../../infra/local/data.ts";

const data = mkdtempSync(join(tmpdir(), "gable-data-"));
afterEach(() => rmSync(data, { recursive: true }));

it("starts afresh, and says so, on data that another version of Gable has kept", () => {
  const lines: string[] = [];
  const open = () => openData(data, (line) => lines.push(line));
  open().close();
  expect(lines).toEqual([]);

  rmSync(join(data, "store.sqlite"));
  mkdirSync(join(data, "s3/some-bucket"), { recursive: true });
  writeFileSync(join(data, "queues.sqlite"), "of an earlier version");
  writeFileSync(join(data, "notes.txt"), "mine");
  open().close();
  expect(lines).toEqual([expect.stringContaining("by another version of Gable: deleted it, starting empty")]);
  expect(["s3", "queues.sqlite"].filter((name) => existsSync(join(data, name)))).toEqual([]);
  expect(readFileSync(join(data, "notes.txt"), "utf8")).toBe("mine");

  const store = open();
  store.exec("CREATE TABLE kept (a TEXT)");
  expect(() => clearData(data)).toThrow("Another local cloud is using");
  store.close();
  const again = open();
  expect(again.prepare("SELECT * FROM kept").all()).toEqual([]);
  again.close();
  expect(lines).toHaveLength(1);
});
