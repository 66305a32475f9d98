import { clientPage } from "../../shared/data/client-list.ts";
import { examined } from "../../shared/data/list.ts";
import { aboutSearch } from "../../shared/data/search.ts";
import { queryTable } from "../../shared/data/table.ts";
import { ClientSummary } from "../../shared/domain/client.ts";
import { ClientQuery } from "../../shared/domain/client-search.ts";
import { page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listClients = operation({
  id: "listClients",
  method: "GET",
  path: "/v1/clients",
  permission: "client:read",
  summary: "List clients",
  description:
    "Filters answered by an index: owner_user_id, nurture_status with sort created_at and lead_score, min_lead_score " +
    "with sort lead_score, updated_since with sort updated_at. With any other filter a page examines at most " +
    `${examined} clients, so it may be short, even empty, while next_cursor is set. ` +
    aboutSearch("clients"),
  problems: ["narrow_the_list"],
  query: ClientQuery,
  assistant: "calls",
  answer: { status: 200, body: page(ClientSummary) },
  access: { table: queryTable },
  run: ({ table, ...asked }) => clientPage(table, asked),
});
