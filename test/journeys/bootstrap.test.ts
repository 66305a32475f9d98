import { expect, test } from "vitest";
import { bootstrap } from "../../infra/bootstrap.ts";
import { policyKey } from "../../shared/data/brokerages.ts";
import { readSecret } from "../../shared/data/secret.ts";
import { defaultGrants, type Role } from "../../shared/domain/access.ts";
import { grantOf, type RolePermission } from "../../shared/domain/role.ts";
import { cloud, expectStatus, signUp, unique } from "../cloud.ts";
import { table } from "../in-process.ts";

test("the bootstrap, run twice and twice at once, changes no key, role or permission", async () => {
  const { brokerage, token } = await signUp();
  const made = await expectStatus(201, "POST", "/v1/roles", { token, body: { name: unique() } });
  const permissions = [{ resource: "task", action: "read", scope: "brokerage" }];
  await expectStatus(200, "PUT", `/v1/roles/${made.id}/permissions`, {
    token,
    headers: { "if-match": `"${made.version}"` },
    body: { permissions },
  });
  const state = async () => ({
    roles: (await expectStatus(200, "GET", "/v1/roles", { token })).items,
    policy: await table.get(policyKey(brokerage.id)),
    keys: (await expectStatus(200, "GET", "/.well-known/jwks.json")).keys,
    secret: await readSecret("signing").open(cloud.signingSecret).read(),
  });
  const before = await state();
  const again = () =>
    bootstrap(cloud.environment, {
      table: cloud.tableName,
      signingSecret: cloud.signingSecret,
      checkpointSecret: cloud.checkpointSecret,
      assistantSecret: cloud.assistantSecret,
    });
  await again();
  await Promise.all([again(), again()]);
  expect(await state()).toEqual(before);

  // The grants of the built-in roles are code: there is nothing to be written twice.
  const builtIn = before.roles.filter(({ is_built_in }: { is_built_in: boolean }) => is_built_in);
  expect(builtIn).toHaveLength(Object.keys(defaultGrants).length);
  for (const { name, permissions } of builtIn as { name: Role; permissions: RolePermission[] }[])
    expect(permissions.map(grantOf).sort(), name).toEqual([...defaultGrants[name]].sort());
});
