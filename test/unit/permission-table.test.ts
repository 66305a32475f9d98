import { expect, test } from "vitest";
import { areas } from "../../functions/index.ts";
import { routedOperations } from "../../infra/documents/openapi.ts";
import { rows } from "../permissions/rows.ts";
import { permissionTable } from "../permissions/table.ts";

const routed = routedOperations(areas);

test("every operation has its row, and every row its operation", () => {
  expect(Object.keys(rows).sort()).toEqual(routed.map(({ operation: { id } }) => id).sort());
});

test("functions/permissions.md says who may do what (vitest --update=all writes it)", async () => {
  await expect(permissionTable(routed)).toMatchFileSnapshot("../../functions/permissions.md");
});
