import { examined, type Page } from "../../shared/data/list.ts";
import { withPhoto } from "../../shared/data/pictures.ts";
import { aboutSearch } from "../../shared/data/search.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { queryTable } from "../../shared/data/table.ts";
import { userPage } from "../../shared/data/user-list.ts";
import type { ListedOf } from "../../shared/domain/record-type.ts";
import { page } from "../../shared/domain/schemas.ts";
import { UserQuery, UserSummary, type userRecord } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listUsers = operation({
  id: "listUsers",
  method: "GET",
  path: "/v1/users",
  permission: "user:read",
  summary: "List the brokerage's users, newest first",
  description:
    `With a filter a page examines at most ${examined} users, so it may be short, even empty, while next_cursor is ` +
    "set. An index answers updated_since with sort updated_at. " +
    aboutSearch("users"),
  query: UserQuery,
  answer: { status: 200, body: page(UserSummary) },
  access: { table: queryTable, pictures: signReads("pictures") },
  run: ({ table, ...asked }) => userPage(table, asked),
  async present({ items, next_cursor }: Page<ListedOf<typeof userRecord>>, presenting) {
    return { items: await Promise.all(items.map((user) => withPhoto(user, presenting))), next_cursor };
  },
});
