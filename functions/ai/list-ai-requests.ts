import * as z from "zod/mini";
import { listRecords } from "../../shared/data/list.ts";
import { queryTable } from "../../shared/data/table.ts";
import { AiRequestSummary, aiRequestAt, aiRequestRecord } from "../../shared/domain/ai-request.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listAiRequests = operation({
  id: "listAiRequests",
  method: "GET",
  path: "/v1/ai-requests",
  permission: "ai:read",
  summary: "List requests to the assistant, newest first",
  query: z.strictObject(listQuery),
  answer: { status: 200, body: page(AiRequestSummary) },
  access: { table: queryTable },
  async run({ table, now, ...asked }) {
    const { items, ...more } = await listRecords(table, { ...asked, now, type: aiRequestRecord });
    return { ...more, items: items.map((one) => aiRequestAt(one, now)) };
  },
});
