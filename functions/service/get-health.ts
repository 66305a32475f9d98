import * as z from "zod/mini";
import { jwksKey } from "../../shared/data/brokerages.ts";
import { tableFor } from "../../shared/data/table.ts";
import { operation } from "../../shared/entry/definition.ts";

export const getHealth = operation({
  id: "getHealth",
  method: "GET",
  path: "/v1/health",
  permission: "public",
  summary: "Check that the service can read its table",
  answer: { status: 200, body: z.object({ status: z.literal("ok") }) },
  access: { table: tableFor("GetItem") },
  async run({ table }) {
    await table.get(jwksKey);
    return { status: "ok" as const };
  },
});
