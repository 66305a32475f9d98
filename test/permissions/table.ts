import { roles } from "../../shared/domain/access.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { expectedOf } from "./expected.ts";
import type { Asker } from "./oracle.ts";
import { type OwnedKind, type Row, rowOf } from "./rows.ts";
import { type Others, type Situation, situationsOf, subjectIn } from "./situations.ts";

const others: Others = { colleague: "colleague", grantee: "grantee", team: "team", otherTeam: "other" };

/** What a cell says, by the situations in which a call is done: the first that fits. */
const words: readonly (readonly [string, (done: (situation: Situation) => boolean) => boolean])[] = [
  ["all", (done) => done("a colleague's")],
  [
    "on the market, own, shared",
    (done) => done("a colleague's, on the market") && done("shared for reading"),
  ],
  ["own, shared", (done) => done("shared for reading")],
  ["own, shared for changing", (done) => done("shared for changing")],
  ["own", (done) => done("own")],
  ["no", () => true],
];

/** What somebody of a role may do, in a word or a few. */
function cell(row: Row, asker: Asker): string {
  const { on, needs } = row;
  if (needs === "nothing") return "yes";
  if (on === undefined || on === "office") {
    const about = on === "office" ? "office" : "nothing";
    return expectedOf(row, asker, about) === "done" ? "yes" : "no";
  }
  if (on === "self") return "own";
  const done = (situation: Situation) =>
    situationsOf(on as OwnedKind).includes(situation) &&
    expectedOf(row, asker, subjectIn(situation, on as OwnedKind, asker, others)) === "done";
  return words.find(([, fits]) => fits(done))![0];
}

/** Areas that are not called by their names. */
const titles: Readonly<Record<string, string>> = { cma: "Market analyses", ai: "Assistant" };

/** Who may do what, as Markdown: a table for each area of the API, a line for each operation. */
export function permissionTable(
  operations: readonly { readonly area: string; readonly operation: Operation }[],
): string {
  const areas = [...new Set(operations.map(({ area }) => area))];
  const title = (name: string) => name[0]!.toUpperCase() + name.slice(1);
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const tables = areas.map((area) => {
    const lines = operations
      .filter((one) => one.area === area)
      .map(({ operation: { id, summary } }) => {
        const row = rowOf(id);
        const cells = roles.map((role) => cell(row, { id: "me", role, team_ids: ["team"], given: [] }));
        return line([row.needs === "nothing" ? `${summary} (without signing in)` : summary, ...cells]);
      });
    const head = [line(["", ...roles.map(title)]), line(["---", ...roles.map(() => "---")])];
    return [`## ${titles[area] ?? title(area)}`, "", ...head, ...lines].join("\n");
  });
  return `${introduction}\n\n${tables.join("\n\n")}\n`;
}

const introduction = `# Who may do what

What each built-in role may do. This page is generated, and \`npm test\` fails when it is out of date; that the API
answers so is shown over HTTP.

- **yes**, **no**: for the whole brokerage, whatever it is about.
- **all**: with every record of the brokerage, whoever owns it.
- **own**: with what they own. A colleague's does not exist for them.
- **shared**: also with what was shared with them or a team of theirs, until the share ends; **shared for changing**:
  only if it was shared for changing. Nobody deletes, or shares further, what was only shared with them.
- **on the market**: also with listings that are active or under offer, whoever owns them.

Photos and documents follow their property, links their market analysis. A list shows what may be read, and nothing
else. Another brokerage's records do not exist for anybody here. A role that the brokerage makes gives more: each
permission for own records, for those of one's teams, or for all.`;
