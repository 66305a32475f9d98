import { describe, expect, test } from "vitest";
import { classifyRefresh, isLive, sessionEnd } from "../../shared/domain/session.ts";

const now = new Date("2026-03-01T12:00:00.000Z");
const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();

describe("judgeRefresh", () => {
  const session = (rotation: number, rotatedSecondsAgo: number) => ({
    rotation,
    rotated_at: secondsAgo(rotatedSecondsAgo),
  });

  test.each([
    ["the token of now, however long ago it was given", 5, 5, 86_400, "first"],
    ["the one before, at once", 5, 4, 0, "repeat"],
    ["the one before, after ten seconds", 5, 4, 10, "repeat"],
    ["the one before, after eleven", 5, 4, 11, "reused"],
    ["the one before that, at once", 5, 3, 0, "reused"],
    ["the first of many", 5, 0, 0, "reused"],
    ["one from ahead (the table was restored)", 5, 6, 0, "unknown"],
  ] as const)("%s", (_, stands, presented, age, verdict) => {
    expect(classifyRefresh(session(stands, age), presented, now)).toBe(verdict);
  });

  test("a repeat that was on its way before the rotation is a repeat", () => {
    expect(classifyRefresh(session(1, -2), 0, now)).toBe("repeat");
  });
});

describe("sessionEnd", () => {
  const daysAgo = (days: number) => secondsAgo(days * 86_400);
  const daysLeft = (began: string) => (sessionEnd(began, now).getTime() - now.getTime()) / 86_400_000;

  test("thirty days after the last use, and ninety after the sign-in whatever happens", () => {
    expect(daysLeft(daysAgo(0))).toBe(30);
    expect(daysLeft(daysAgo(60))).toBe(30);
    expect(daysLeft(daysAgo(75))).toBe(15);
    expect(daysLeft(daysAgo(90))).toBe(0);
  });
});

describe("isLive", () => {
  const session = { is_active: true, expires_at: "2026-03-01T12:00:00.001Z", password_version: 3 };
  const user = { is_active: true, password_version: 3 };

  test("while nothing ended it", () => {
    expect(isLive(session, user, now)).toBe(true);
  });

  test.each([
    ["ended", { is_active: false }, {}],
    ["run out", { expires_at: now.toISOString() }, {}],
    ["begun under an older password", { password_version: 2 }, {}],
    ["of a user who was deactivated", {}, { is_active: false }],
  ])("not when %s", (_, ofSession, ofUser) => {
    expect(isLive({ ...session, ...ofSession }, { ...user, ...ofUser }, now)).toBe(false);
  });
});
