import { tableFor } from "../../shared/data/table.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { operation } from "../../shared/entry/definition.ts";

export const notFound = operation({
  id: "notFound",
  method: "GET",
  path: "$default",
  permission: "public",
  summary: "Answer 404 for an unknown route",
  answer: { status: 204 },
  access: { table: tableFor("GetItem") },
  async run() {
    throw new Problem("not_found", "There is no such route");
  },
});
