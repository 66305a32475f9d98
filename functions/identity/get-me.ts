import { withPhoto } from "../../shared/data/pictures.ts";
import { rolesHeld } from "../../shared/data/roles.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { readTable } from "../../shared/data/table.ts";
import { teamsOf } from "../../shared/data/teams.ts";
import { heldBy } from "../../shared/domain/caller.ts";
import { Me } from "../../shared/domain/me.ts";
import { permissions } from "../../shared/domain/permissions.ts";
import { operation } from "../../shared/entry/definition.ts";

export const getMe = operation({
  id: "getMe",
  method: "GET",
  path: "/v1/me",
  permission: "session",
  summary: "Show the signed-in user, their permissions, roles and teams",
  answer: { status: 200, body: Me },
  access: { table: readTable, pictures: signReads("pictures") },
  async run({ table, user, roleGrants }) {
    const [roles, teams] = await Promise.all([rolesHeld(table, user), teamsOf(table, user)]);
    const nameOf = (from: string) => roles.find(({ id }) => id === from)?.name ?? from;
    const held = permissions.flatMap(({ name, resource, action }) => {
      const found = heldBy(user, roleGrants, name);
      return found ? [{ resource, action, scope: found.scope, from: nameOf(found.from) }] : [];
    });
    return { ...user, permissions: held, roles, teams };
  },
  present: withPhoto,
});
