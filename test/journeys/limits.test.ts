/** Bar 24 without the hashing: `npm run prove` signs in as often. */
import { expect, test } from "vitest";
import { addUser, api, expectStatus, signUp, unique } from "../cloud.ts";
import { table, unconditional } from "../in-process.ts";
import { attemptsAtOneAccount, attemptsFromOneAddress, passedLimit, usedOf, useUp } from "../limits.ts";

test("of 500 password attempts at once from one address exactly 100 pass, of 50 at one account exactly 10", async () => {
  expect(await attemptsFromOneAddress(500)).toBe(100);
  expect(await attemptsAtOneAccount(50)).toBe(10);
});

test("sabotage: without the counter's condition all of them pass", async () => {
  expect(await attemptsFromOneAddress(120, unconditional(table))).toBe(120);
});

test("of 30 at once where ten are left exactly ten pass, and the others are told how long to wait", async () => {
  const office = await signUp();
  await useUp("exports", office, 10);
  const { passed, refused, refusal } = await passedLimit("exports", office, 30);
  expect([passed, refused]).toEqual([10, 20]);
  expect(refusal?.body).toMatchObject({
    code: "too_many_requests",
    detail: expect.stringContaining("100 exports"),
  });
  const wait = Number(refusal?.headers.get("retry-after"));
  expect(wait).toBeGreaterThan(0);
  expect(wait).toBeLessThanOrEqual(86_400);
  const said = ["limit", "remaining", "reset"].map((name) => refusal?.headers.get(`ratelimit-${name}`));
  expect(said).toEqual(["100", "0", String(wait)]);
  // A colleague has their own; invitations are the brokerage's.
  expect(await usedOf("exports", await addUser(office, "agent"))).toBe(0);
  await useUp("invitations", office, 1);
  const other = await addUser(office, "admin");
  const invited = [await passedLimit("invitations", office, 1), await passedLimit("invitations", other, 1)];
  expect(invited.map(({ passed }) => passed)).toEqual([1, 0]);
});

test("sabotage: without the counter's condition all of them pass", async () => {
  const office = await signUp();
  await useUp("exports", office, 1);
  expect((await passedLimit("exports", office, 5, unconditional)).passed).toBe(5);
});

test("what fails counts nothing, and a repeat with its key counts once", async () => {
  const { token, ...office } = await signUp();
  const who = { token, ...office };
  const body = { email: office.email, first_name: "A", last_name: "B", role: "agent" };
  expect((await api("POST", "/v1/users", { token, body })).body.code).toBe("email_taken");
  expect((await api("POST", "/v1/users", { token, body: { ...body, role: "none" } })).status).toBe(400);
  // With a password nobody is invited.
  const someone = { ...body, email: `${unique()}@users.example`, password: `a long one ${unique()}` };
  await expectStatus(201, "POST", "/v1/users", { token, body: someone });
  expect(await usedOf("invitations", who)).toBe(0);
  const task = { resource: "task", format: "csv" };
  const asked = { token, body: task, headers: { "idempotency-key": unique() } };
  const [first, again] = [await api("POST", "/v1/exports", asked), await api("POST", "/v1/exports", asked)];
  expect([first.status, again.body.id]).toEqual([202, first.body.id]);
  expect(await usedOf("exports", who)).toBe(1);
  await useUp("exports", who, 0);
  expect((await api("POST", "/v1/exports", asked)).body.id).toBe(first.body.id);
});
