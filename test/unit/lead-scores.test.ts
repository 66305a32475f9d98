import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { noConsent } from "../../shared/domain/consent.ts";
import { leadScore } from "../../shared/domain/lead-score/answer.ts";
import { Features, knownOf } from "../../shared/domain/lead-score/features.ts";
import {
  type Action,
  dayMs,
  type Ledger,
  together,
  withAction,
  withoutAction,
} from "../../shared/domain/lead-score/ledger.ts";
import { judgedAt, nextChange, type Scored } from "../../shared/domain/lead-score/score.ts";
import { bands, fit, type Kind, kinds } from "../../shared/domain/lead-score/signals.ts";

const start = Date.parse("2026-06-01T12:00:00.000Z");
const day = (days: number) => new Date(start + days * dayMs);
const none = { has_email: false, has_phone: false, may_be_contacted: false };
const reached = { has_email: true, has_phone: true, may_be_contacted: true };
let count = 0;
const action = (kind: Kind, days = 0, listing?: string): Action => ({
  ...{ id: `action ${++count}`, kind, at: day(days).toISOString() },
  ...(listing ? { listing } : {}),
});
const empty: Ledger = { actions: [] };
const noted = (actions: readonly Action[], now = day(0)): Ledger =>
  actions.reduce((ledger, one) => withAction(ledger, one, now), empty);
const scored = (actions: readonly Action[], more: Partial<Scored> = {}): Scored => ({
  ledger: noted(actions),
  known: none,
  ...more,
});
const at = (one: Scored, days = 0) => judgedAt(one, day(days));

describe("a score", () => {
  test("is nothing before the first action, and then what is known and what happened", () => {
    expect(at(scored([], { known: reached }))).toEqual({ score: 0, status: "new" });
    expect(at(scored([action("enquiry")]))).toEqual({ score: 20, status: "cold" });
    // 20 for the enquiry, 10 for the listing it names, 5 each for email, phone and consent.
    expect(at(scored([action("enquiry", 0, "a house")], { known: reached }))).toEqual({
      score: 45,
      status: "warm",
    });
    const visited = [action("enquiry", 0, "one"), action("meeting"), action("favorite", 0, "other")];
    expect(at(scored(visited, { known: reached }))).toEqual({ score: 85, status: "hot" });
  });

  test("halves every thirty days, and ends below half a point", () => {
    const one = scored([action("meeting")]);
    expect([0, 30, 60, 90].map((days) => at(one, days).score)).toEqual([25, 13, 6, 3]);
    // 25 points are worth half a point after 30 × log2(50) days.
    expect([169, 170].map((days) => leadScore(one, day(days)).ledger.length)).toEqual([1, 0]);
    expect(at(one, 200)).toEqual({ score: 0, status: "cold" });
  });

  test("counts so many of a kind a day, and one whole action in any case", () => {
    const many = (kind: Kind) => Array.from({ length: 9 }, () => action(kind));
    const points = kinds.map((kind) => [kind, at(scored(many(kind))).score]);
    expect(Object.fromEntries(points)).toEqual({
      ...{ enquiry: 20, meeting: 25, favorite: 20, possibility: 20, view: 20, call: 20, email: 20 },
    });
    // On the next day as many again.
    expect(
      at(scored([...many("email"), ...many("email").map((one) => ({ ...one, at: day(1).toISOString() }))]), 1)
        .score,
    ).toBe(40);
  });

  test("is more for a second visit, and for a listing that is looked at again on another day", () => {
    const meetings = scored([action("meeting", -1), action("meeting")]);
    const apart = leadScore(meetings, day(0)).ledger.map(({ reason }) => reason);
    expect(apart).toEqual(["Met again", "Met", "Met"]);
    const twice = (listing: string, days: number) =>
      at(scored([action("view", days, "one"), action("view", 0, listing)])).score;
    expect([twice("one", -1), twice("other", -1), twice("one", 0)]).toEqual([15, 10, 10]);
  });

  test("says point by point what it is, and what each point will be in a week", () => {
    const answer = leadScore(
      scored([action("enquiry", -30, "one")], { known: { ...none, has_email: true } }),
      day(0),
    );
    expect(answer).toMatchObject({ score: 25, nurture_status: "cold", model_version: 1 });
    expect(answer.ledger).toEqual([
      { points: 10, reason: "Sent an enquiry", at: day(-30).toISOString(), decays_to: 8.51 },
      { points: 5, reason: fit.has_email.reason, at: null, decays_to: 5 },
      { points: 10, reason: fit.asked_for_a_listing.reason, at: null, decays_to: 10 },
    ]);
    expect(answer.features).toMatchObject({
      has_email: true,
      asked_for_a_listing: true,
      enquiries: 1,
      calls: 0,
    });
  });

  test("says what would make the client hot: done in that order, it does", () => {
    const one = scored([action("enquiry", 0, "one")], { known: reached });
    const { next } = leadScore(one, day(0));
    expect(next.map(({ action }) => action)).toEqual(["Meet them", "They mark a listing as a favorite"]);
    const done = scored([...one.ledger.actions, action("meeting"), action("favorite", 0, "other")], {
      known: reached,
    });
    expect(at(done).status).toBe("hot");
    expect(45 + next.reduce((sum, { points }) => sum + points, 0)).toBe(at(done).score);
    expect(leadScore(done, day(0)).next).toEqual([]);
  });
});

describe("a status", () => {
  const hot = [
    action("meeting"),
    action("enquiry", 0, "one"),
    action("favorite", 0, "two"),
    action("favorite", 0, "three"),
  ];

  test("keeps its band until the score is well below it", () => {
    const one = scored(hot, { known: reached });
    expect(at(one)).toEqual({ score: 95, status: "hot" });
    const days = Array.from({ length: 120 }, (_, days) => at(one, days));
    for (const { score, status } of days) {
      if (status === "hot") expect(score).toBeGreaterThanOrEqual(bands.hot.leaves);
      else expect(score).toBeLessThan(bands.hot.leaves);
    }
    expect(
      days.filter(({ score, status }) => status === "hot" && score < bands.hot.enters).length,
    ).toBeGreaterThan(3);
    // Who comes from below is warm where the other is still hot.
    const below = scored([action("meeting"), action("enquiry", 0, "one")], { known: reached });
    expect(at(below)).toEqual({ score: 70, status: "warm" });
  });

  test("keeps it by memory for thirty days and no longer, however the score is held between", () => {
    const first = [action("meeting"), action("enquiry", 0, "one"), action("favorite", 0, "two")];
    const calls = [10, 15, 20, 25, 30, 35].map((days) => action("call", days));
    const one = scored([...first, ...calls], { known: reached });
    const held = [20, 29, 31, 36].map((days) => at(one, days));
    for (const { score } of held) {
      expect(score).toBeGreaterThanOrEqual(bands.hot.leaves);
      expect(score).toBeLessThan(bands.hot.enters);
    }
    expect(held.map(({ status }) => status)).toEqual(["hot", "hot", "warm", "warm"]);
  });

  test("that a person set holds until the client's next action; a call of ours is none", () => {
    const set = { status: "cold", at: day(1).toISOString() } as const;
    const one = scored(hot, { known: reached, set });
    expect(at(one, 2).status).toBe("cold");
    const after = (kind: Kind) => ({ ...one, ledger: withAction(one.ledger, action(kind, 2), day(2)) });
    expect([at(after("call"), 2).status, at(after("view"), 2).status]).toEqual(["cold", "hot"]);
    // What happened before, and was noted later, does not end it.
    const late = { ...one, ledger: withAction(one.ledger, action("meeting", 0.5), day(2)) };
    expect(at(late, 2).status).toBe("cold");
  });
});

const anAction = fc
  .record({
    id: fc.integer({ min: 0, max: 30 }),
    kind: fc.constantFrom(...kinds),
    minutes: fc.integer({ min: -150 * 24 * 60, max: 0 }),
    listing: fc.option(fc.constantFrom("one", "two", "three"), { nil: undefined }),
  })
  // The same id is the same action.
  .map(
    ({ id, kind, minutes, listing }): Action => ({
      ...{ id: `${id} ${kind} ${minutes} ${listing}`, kind, listing },
      at: new Date(start + minutes * 60_000).toISOString(),
    }),
  );
const someActions = fc.array(anAction, { maxLength: 40 });

describe("for any actions", () => {
  test("in any order, noted twice, with decays in between, the score is the same as computed at once", () => {
    fc.assert(
      fc.property(
        someActions,
        fc.infiniteStream(fc.nat()),
        fc.integer({ min: 0, max: 90 }),
        (actions, dice, days) => {
          const now = day(days);
          const atOnce: Scored = { ledger: together([noted(actions, now)], now), known: reached };
          const mixed = [...actions, ...actions.slice(0, 5)]
            .map((one) => ({ one, place: dice.next().value as number }))
            .sort((a, b) => a.place - b.place)
            .map(({ one }) => one);
          let ledger = empty;
          for (const [place, one] of mixed.entries()) {
            // The clock goes on, and the schedule comes by.
            const moment = day((days * place) / mixed.length);
            ledger = together([withAction(ledger, one, moment)], moment);
          }
          const streamed: Scored = { ledger: together([ledger], now), known: reached };
          expect(streamed.ledger).toEqual(atOnce.ledger);
          expect(judgedAt(streamed, now)).toEqual(judgedAt(atOnce, now));
        },
      ),
      { numRuns: 80 },
    );
  });

  test("ledgers that are merged are as one", () => {
    fc.assert(
      fc.property(someActions, someActions, (some, others) => {
        const now = day(0);
        expect(together([noted(some), noted(others)], now)).toEqual(noted([...some, ...others]));
      }),
      { numRuns: 80 },
    );
  });

  test("score and status change at the moment that is foretold, not before, and only fall", () => {
    const rank = ["new", "cold", "warm", "hot"];
    fc.assert(
      fc.property(someActions, (actions) => {
        const one: Scored = { ledger: noted(actions), known: reached };
        let now = day(0);
        for (let steps = 0; steps < 4; steps++) {
          const before = judgedAt(one, now);
          const due = nextChange(one, now);
          if (!due) {
            expect(judgedAt(one, day(600))).toEqual(before);
            return;
          }
          expect(judgedAt(one, new Date(due.getTime() - 60_000))).toEqual(before);
          const after = judgedAt(one, due);
          expect(after).not.toEqual(before);
          expect(after.score).toBeLessThanOrEqual(before.score);
          expect(rank.indexOf(after.status)).toBeLessThanOrEqual(rank.indexOf(before.status));
          now = due;
        }
      }),
      { numRuns: 25 },
    );
  });

  test("the points of the ledger make the score", () => {
    fc.assert(
      fc.property(someActions, (actions) => {
        const { score, ledger } = leadScore({ ledger: noted(actions), known: reached }, day(0));
        const sum = ledger.reduce((all, { points }) => all + points, 0);
        expect(Math.abs(Math.min(100, sum) - score)).toBeLessThan(0.8);
      }),
      { numRuns: 30 },
    );
  });
});

test("an action that is taken back is gone; one that is noted again is where it is said last", () => {
  const [one, other] = [action("favorite", -2, "one"), action("call", -1)];
  expect(withoutAction(noted([one, other]), one.id).actions).toEqual([other]);
  const again = { ...one, at: day(0).toISOString() };
  expect(noted([one, again]).actions).toEqual([again]);
});

// A trait by which nobody may be treated differently, or what stands for one, must never be among these (42 USC 3604, 3605).
test("a score is computed from these features, and no other", () => {
  expect(Object.keys(Features.shape).sort()).toEqual([
    ...["asked_for_a_listing", "calls", "emails", "enquiries", "favorites", "has_email", "has_phone"],
    ...["may_be_contacted", "meetings", "meetings_again", "possibilities", "price_range_known"],
    ...["views", "views_again"],
  ]);
});

test("of a client's record nothing else is read; that this is seen is shown by a name", () => {
  const fields = {
    email: "a@clients.example",
    more_emails: [],
    phone: null,
    more_phones: [],
    consent: noConsent,
  };
  const read: string[] = [];
  const client = new Proxy(
    { ...fields, name: "Nora", custom: { income: 1 } },
    {
      get: (target, name) => {
        read.push(String(name));
        return target[name as keyof typeof target];
      },
    },
  );
  expect(knownOf(client)).toEqual({ has_email: true, has_phone: false, may_be_contacted: false });
  const allowed = ["email", "more_emails", "phone", "more_phones", "consent"];
  const others = () => read.filter((name) => !allowed.includes(name));
  expect(others()).toEqual([]);
  void client.name;
  expect(others()).toEqual(["name"]);
});
