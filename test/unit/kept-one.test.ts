import { expect, test } from "vitest";
import { changeRecord, createRecord, patchRecord } from "../../shared/data/records.ts";
import type { UpdateWrite, Write } from "../../shared/data/table.ts";
import { deactivated } from "../../shared/data/user-changes.ts";
import { roles } from "../../shared/domain/access.ts";
import { newUser, userRecord } from "../../shared/domain/user.ts";
import { invocation } from "../../shared/entry/invocation.ts";

const invoked = invocation("test", null);
const person = { email: "a@b.example", first_name: "A", last_name: "B" };
const made = (role: (typeof roles)[number], is_active: boolean) =>
  createRecord(userRecord, invoked.newId(), { ...newUser({ ...person, role }, "hash"), is_active }, invoked);

/** By how much the writes change the count of admins, and whether they do so only while another one is left. */
function counted(writes: readonly Write[]) {
  const updates = writes.filter((write): write is UpdateWrite => "Update" in write);
  const [{ Update, ifConditionFails } = {}] = updates as Partial<UpdateWrite>[];
  expect(updates.length).toBeLessThanOrEqual(1);
  const by = Number(Update?.ExpressionAttributeValues?.[":by"] ?? 0);
  if (by < 0)
    expect([Update?.ConditionExpression, ifConditionFails]).toEqual(["#count > :one", "last_admin"]);
  else expect(Update?.ConditionExpression).toBeUndefined();
  return by;
}

const states = roles.flatMap((role) => [true, false].map((is_active) => ({ role, is_active })));
const isAdmin = ({ role, is_active }: (typeof states)[number]) => Number(role === "admin" && is_active);

test.each(states)(
  "a user who is $role, active: $is_active, is counted by every change and by no other",
  (from) => {
    const { record, writes } = made(from.role, from.is_active);
    expect(counted(writes)).toBe(isAdmin(from));
    for (const to of states) {
      const by = isAdmin(to) - isAdmin(from);
      expect(counted(changeRecord(userRecord, record, to, invoked).writes)).toBe(by);
      expect(counted(patchRecord(userRecord, record, to, invoked).writes)).toBe(by);
    }
    expect(counted(changeRecord(userRecord, record, { first_name: "C" }, invoked).writes)).toBe(0);
    expect(counted(deactivated(record, invoked).writes)).toBe(0 - isAdmin(from));
  },
);
