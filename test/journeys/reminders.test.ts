import { beforeAll, expect, test } from "vitest";
import type * as z from "zod/mini";
import { sendMail } from "../../functions/identity/send-mail.ts";
import { remindOwners } from "../../functions/tasks/remind-owners.ts";
import { reminderKey } from "../../shared/data/reminders.ts";
import type { Table } from "../../shared/data/table.ts";
import type { NewTask, Task, TaskPatch } from "../../shared/domain/task.ts";
import { userRecord } from "../../shared/domain/user.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { client, ok } from "../client.ts";
import { addUser, cloud, type SignedIn, signUp, waitFor } from "../cloud.ts";
import { handOver } from "../hand-overs.ts";
import { table, unconditional } from "../in-process.ts";
import { invite, mailsTo, mailTo } from "../mail.ts";
import { overwrite, stored } from "../records.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
beforeAll(async () => {
  admin = await signUp({ name: "Emerald" });
});

const past = (minutes = 1) => new Date(Date.now() - minutes * 60_000).toISOString();
const future = () => new Date(Date.now() + 3_600_000).toISOString();
const anAgent = () => addUser(admin, "agent");
const add = ({ token }: SignedIn, body: Partial<z.input<typeof NewTask>> = {}) =>
  ok(client.createTask({ token, body: { title: "Call Mrs. Yen", due_date: past(), ...body } }));
const change = ({ token }: SignedIn, { id, version }: Task, body: z.input<typeof TaskPatch>) =>
  ok(client.updateTask({ token, params: { task_id: id }, version, body }));
const reminderOf = ({ id }: Task) => table.get(reminderKey(admin.brokerage.id, id));
/** The reminder follows a write behind the stream; another test's run may have taken it since. */
const placed = (task: Task, at = task.due_date) =>
  waitFor(async () => {
    const reminder = await reminderOf(task);
    const taken = reminder?.reminded as ReadonlySet<unknown> | undefined;
    return reminder?.due_at === (at ?? undefined) || taken?.has(at) ? true : undefined;
  }, 15);
const remind = () => cloud.fire("remindOwners");
/** The texts of mails to somebody of what is due, once all that was queued before is sent. */
async function dueMails({ email }: SignedIn, count: number): Promise<string[]> {
  const all = () =>
    mailsTo(email).then((mails) => mails.filter(({ subject }) => subject.includes("are due")));
  await waitFor(async () => ((await all()).length >= count ? true : undefined), 20);
  return (await all()).map(({ text }) => text);
}

test("who owns a task is mailed once that it is due, in their time zone, however often the schedule runs", async () => {
  const [agent, colleague] = [await anAgent(), await anAgent()];
  const { version } = await ok(client.getMe({ token: agent.token }));
  await ok(client.updateMe({ token: agent.token, version, body: { time_zone: "America/New_York" } }));
  const due_date = "2026-01-05T17:30:00.000Z";
  const [call, sign, later, done] = await Promise.all([
    add(agent, { due_date }),
    add(agent, { title: "Sign the lease at https://evil.example/now", due_date: past(2) }),
    add(agent, { title: "Not yet", due_date: future() }),
    add(agent, { title: "Done", status: "completed" }),
    add(colleague, { title: "Somebody else's" }).then(placed),
  ]);
  await Promise.all([placed(call!), placed(sign!), placed(later!)]);
  expect(await reminderOf(done!)).toBeUndefined();
  await Promise.all([remind(), remind(), remind()]);
  await remind();
  const [text, ...more] = await dueMails(agent, 1);
  expect(more).toEqual([]);
  expect(text).toContain("Call Mrs. Yen (due Mon, Jan 5, 2026, 12:30 PM EST)");
  expect(text).toContain(`${cloud.url}/tasks/${call!.id}`);
  expect(text, "links in our mails are ours").not.toContain("evil.example");
  expect(text).toContain(`A task (due `);
  for (const other of ["Not yet", "Done", "Somebody else's"]) expect(text).not.toContain(other);
  expect(await dueMails(colleague, 1)).toHaveLength(1);
  // The task was not written: nobody who is just changing it is too late.
  expect(await ok(client.getTask({ token: agent.token, params: { task_id: call!.id } }))).toEqual(call);
});

test("another due date is another reminder; a finished, deleted or reopened task has none for the same", async () => {
  const agent = await anAgent();
  const task = await add(agent, { due_date: future() });
  const [finished, deleted] = [
    await add(agent, { title: "Finished" }),
    await add(agent, { title: "Deleted" }),
  ];
  await Promise.all([placed(task), placed(finished), placed(deleted)]);
  const completed = await change(agent, finished, { status: "completed" });
  const { id: task_id, version } = deleted;
  await ok(client.deleteTask({ token: agent.token, params: { task_id }, version }));
  const first = past(3);
  const moved = await change(agent, task, { due_date: first, title: "Moved" });
  await Promise.all([placed(moved), placed(finished, null), placed(deleted, null)]);
  await remind();
  const [text] = await dueMails(agent, 1);
  expect(text).toContain("Moved");
  for (const other of ["Finished", "Deleted"]) expect(text).not.toContain(other);
  // There and back again: of each moment once.
  const again = await change(agent, moved, { due_date: past(2), title: "Again" });
  await placed(again);
  await remind();
  expect((await dueMails(agent, 2))[1]).toContain("Again");
  await change(agent, again, { due_date: first });
  await waitFor(async () => (Number((await reminderOf(again))?.version) > again.version ? true : undefined));
  expect((await reminderOf(again))?.due_at).toBeUndefined();
  const reopened = await change(agent, completed, { status: "pending", title: "Reopened" });
  await placed(reopened);
  await remind();
  expect((await dueMails(agent, 3))[2]).toContain("Reopened");
});

test("who was deactivated, or has not accepted the invitation, gets none", async () => {
  const leaving = await anAgent();
  const { user: invited, email } = await invite(admin);
  await mailTo(email);
  const tasks = [await add(leaving), await add(admin, { owner_user_id: invited.id, title: "Too early" })];
  await Promise.all(tasks.map((task) => placed(task)));
  const params = { user_id: leaving.user.id };
  const { version } = await ok(client.getUser({ token: admin.token, params }));
  await ok(client.deactivateUser({ token: admin.token, params, version }));
  await add(admin, { title: "Mine" }).then(placed);
  await remind();
  await dueMails(admin, 1);
  expect(await mailsTo(leaving.email)).toEqual([]);
  expect(await mailsTo(email)).toHaveLength(1);
  expect((await reminderOf(tasks[0]!))?.due_list).toBeUndefined();
});

test("runs that meet, or die between reading and writing, remind of each task once; without conditions twice", async () => {
  const remindedOf = async (change: (table: Table) => Table) => {
    const agent = await anAgent();
    const tasks = await Promise.all([add(agent), add(agent)]);
    await Promise.all(tasks.map((task) => placed(task)));
    const context = () => ({ ...invocation("remindOwners", null), table: change(table) as never });
    // The first dies before its write; the others read what is due before any of them writes.
    const dying = { ...table, commit: () => Promise.reject(new Error("died")) } as unknown as Table;
    await expect(remindOwners.run({ ...context(), table: dying as never })).rejects.toThrow();
    await Promise.all(Array.from({ length: 4 }, () => remindOwners.run(context())));
    const { items } = await table.query({
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :sk)",
      ExpressionAttributeValues: {
        ":pk": `${admin.brokerage.id}#user#${agent.user.id}`,
        ":sk": "tasks-due#",
      },
    });
    return items.flatMap(({ tasks }) => tasks as string[]).length;
  };
  expect(await remindedOf((table) => table)).toBe(2);
  expect(await remindedOf(unconditional)).toBeGreaterThan(2);
});

test("who is given a task by somebody else is mailed it; who takes one, or has it handed over, is not", async () => {
  const [agent, other] = [await anAgent(), await anAgent()];
  const own = await add(agent, { title: "Own", due_date: null });
  const given = await add(admin, { title: "Given", due_date: null, owner_user_id: agent.user.id });
  const mail = await mailTo(agent.email);
  expect(mail.subject).toBe("Emerald: a new task for you");
  expect(mail.text).toContain(`Given\n${cloud.url}/tasks/${given.id}`);
  await handOver(admin, agent, other);
  const token = other.token;
  const back = await ok(client.getTask({ token, params: { task_id: own.id } }));
  await change(admin, back, { owner_user_id: agent.user.id });
  expect((await mailTo(agent.email, 2)).text).toContain("Own");
  expect(await mailsTo(other.email)).toEqual([]);
});

test("who is given a client by somebody else is mailed it, without a name that strangers chose; who adds one is not", async () => {
  const [agent, other] = [await anAgent(), await anAgent()];
  await ok(client.createClient({ token: agent.token, body: { name: "My own" } }));
  const body = { name: "Nora Lindqvist", owner_user_id: agent.user.id };
  const nora = await ok(client.createClient({ token: admin.token, body }));
  const mail = await mailTo(agent.email);
  expect(mail.subject).toBe("Emerald: a new client for you");
  expect(mail.text).toContain(`${cloud.url}/clients/${nora.id}`);
  expect(mail.text).not.toContain("Nora");
  const params = { client_id: nora.id };
  const given = { owner_user_id: other.user.id };
  await ok(client.updateClient({ token: admin.token, params, version: nora.version, body: given }));
  expect((await mailTo(other.email)).text).toContain(`/clients/${nora.id}`);
  expect(await mailsTo(agent.email)).toHaveLength(1);
});

test("an address gets twenty mails about work a day, which leaves those about its account", async () => {
  const agent = await anAgent();
  const { id } = await add(agent, { due_date: null });
  let sent = 0;
  const send = (mail: "task_assigned" | "email_changed", at: string) =>
    sendMail.run({
      ...invocation("sendMail", null),
      ...{ message: { mail, brokerage_id: admin.brokerage.id, id: agent.user.id, at, tasks: [id] } },
      ...{ table, origin: cloud.url, lastTry: false, secondsLeft: 30 },
      mailer: { send: async () => void sent++ },
    });
  const moments = Array.from({ length: 21 }, (_, at) => new Date(Date.now() + at).toISOString());
  // What comes twice counts once.
  for (const at of [moments[0]!, ...moments]) await send("task_assigned", at);
  expect(sent).toBe(21);
  const record = (await stored(userRecord, admin.brokerage.id, agent.user.id))!;
  const [until] = moments;
  await overwrite(userRecord, { ...record, former_emails: [{ email: agent.email, until: until! }] });
  await send("email_changed", until!);
  expect(sent).toBe(22);
});
