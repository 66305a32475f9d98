import { withLogo } from "../../shared/data/pictures.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { readTable } from "../../shared/data/table.ts";
import { worksHere } from "../../shared/domain/access.ts";
import { Brokerage } from "../../shared/domain/brokerage.ts";
import { operation } from "../../shared/entry/definition.ts";
import { ownBrokerage } from "../../shared/entry/path-record.ts";

export const getBrokerage = operation({
  id: "getBrokerage",
  method: "GET",
  path: "/v1/brokerage",
  permission: "brokerage:read",
  summary: "Show your brokerage",
  description: "Clients are not shown `ai_budget`.",
  answer: { status: 200, body: Brokerage },
  access: { table: readTable, pictures: signReads("pictures") },
  record: ownBrokerage,
  async run({ record, caller }) {
    return worksHere(caller) ? record : { ...record, ai_budget: undefined };
  },
  present: withLogo,
});
