import { withPhoto } from "../../shared/data/pictures.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { readTable } from "../../shared/data/table.ts";
import { User } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";

export const getMe = operation({
  id: "getMe",
  method: "GET",
  path: "/v1/me",
  permission: "session",
  summary: "Show the signed-in user",
  answer: { status: 200, body: User },
  access: { table: readTable, pictures: signReads("pictures") },
  async run({ user }) {
    return user;
  },
  present: withPhoto,
});
