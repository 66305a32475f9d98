import { named } from "./answers.ts";
import { cellsOf, type Stage } from "./permissions/matrix.ts";
import { tools } from "./proposals.ts";

/** The operations that assistants may call. */
export const reads = tools
  .filter(({ kind }) => kind === "calls")
  .map(({ operation_id }) => named(operation_id));

const about = ["own", "a colleague's", "shared for reading", "the team's", "nothing"];
const gone = ["another brokerage's", "deleted", "absent"];

/** Who calls what about which record; a client of the office has no assistant, and so no tool. */
export const readCells = (stage: Stage) =>
  cellsOf(stage, reads).filter(
    (cell) => cell.caller.name !== "client" && [...about, ...gone].includes(cell.about),
  );
