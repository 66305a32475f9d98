import * as z from "zod/mini";
import { readTable } from "../../shared/data/table.ts";
import { pageOf } from "../../shared/data/whole-list.ts";
import { clientRecord } from "../../shared/domain/client.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { byGrantee, Share, sharesIn } from "../../shared/domain/share.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const listClientShares = operation({
  id: "listClientShares",
  method: "GET",
  path: "/v1/clients/{client_id}/shares",
  permission: "client:write",
  summary: "List with whom a client is shared",
  query: z.strictObject(listQuery),
  answer: { status: 200, body: page(Share) },
  access: { table: readTable },
  record: recordAt(clientRecord, "client_id"),
  async run({ record, now, ...asked }) {
    const place = ({ grantee_kind, grantee_id }: Share) => ({ grantee_kind, grantee_id });
    return pageOf(sharesIn(record.shares, now), byGrantee, place, asked, `listClientShares ${record.id}`);
  },
});
