import { create } from "../../shared/data/records.ts";
import { isPresentable, linkItem, newLink, withUrl } from "../../shared/data/share-links.ts";
import { checkNotOnlyShared } from "../../shared/data/shares.ts";
import { writeTable } from "../../shared/data/table.ts";
import { cmaRecord } from "../../shared/domain/market-analysis.ts";
import { NewShareLink, ShareLink } from "../../shared/domain/share-link.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const createCmaLink = operation({
  id: "createCmaLink",
  method: "POST",
  path: "/v1/cmas/{cma_id}/links",
  permission: "cma:write",
  summary: "Share an approved market analysis by a link",
  description:
    "Whoever has the `url` reads the report, and nothing else, without an account: until the link expires or is " +
    "deleted. Views are counted on the link.",
  body: NewShareLink,
  answer: { status: 201, body: ShareLink },
  problems: ["not_approved", "invalid_transition"],
  access: { table: writeTable("PutItem") },
  record: recordAt(cmaRecord, "cma_id"),
  async run({ record: cma, body, caller, table, commit, problem, ...invoked }) {
    checkNotOnlyShared(caller, "cma", cma, invoked.now);
    if (!cma.approved_at) throw problem("not_approved");
    if (!(await isPresentable(table, cma)))
      throw problem(
        "invalid_transition",
        "The property was deleted or its agent is no longer active: the analysis cannot be shared",
      );
    const of = { brokerage_id: caller.brokerage_id, cma_id: cma.id };
    const link = newLink(of, body.expires_in_days, caller.user_id, invoked);
    return commit([create(linkItem(link))], link);
  },
  async present(link, { cursorKey, origin }) {
    return withUrl(link, cursorKey, origin);
  },
});
