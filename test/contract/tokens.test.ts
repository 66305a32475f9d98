/** Bar 10 in small, most of it in this process: `npm run prove` sends the corpus to every operation over HTTP. */

import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { createLocalJWKSet, type JWK, jwtVerify } from "jose";
import { describe, expect, test, vi } from "vitest";
import { getMe } from "../../functions/identity/get-me.ts";
import { jwksKey } from "../../shared/data/brokerages.ts";
import { readSecret } from "../../shared/data/secret.ts";
import { api, cloud, signUp } from "../cloud.ts";
import { inProcess, withTable } from "../in-process.ts";
import { accepted, guarded, tokenCorpus } from "../token-trials.ts";
import * as inside from "./inside.ts";

test("a signing key that was withdrawn is refused within a minute by functions that are warm", async () => {
  const { token } = await signUp();
  let isWithdrawn = false;
  const call = await inProcess(
    withTable(getMe, (table) => ({
      ...table,
      async get(key) {
        const item = await table.get(key);
        return (isWithdrawn && key.sk === jwksKey.sk ? { ...item, keys: [] } : item) as never;
      },
    })),
  );
  const after = async (seconds: number) =>
    (await call({ token, now: new Date(Date.now() + seconds * 1000) })).status;
  expect(await after(0)).toBe(200);
  isWithdrawn = true;
  expect(await after(30)).toBe(200);
  expect(await after(61)).toBe(401);
});

test("tokens of keys that nobody has make a warm function read its keys twice a minute at most", async () => {
  const head = Buffer.from(JSON.stringify({ alg: "EdDSA", typ: "session+jwt", kid: "nobody's" }));
  const forged = `${head.toString("base64url")}.e30.AAAA`;
  let reads = 0;
  const call = await inProcess(
    withTable(getMe, (table) => ({
      ...table,
      get(key) {
        if (key.sk === jwksKey.sk) reads++;
        return table.get(key);
      },
    })),
  );
  const begun = Date.now();
  reads = 0;
  const sentAfter = async (seconds: number) => {
    const now = new Date(begun + seconds * 1000);
    for (let times = 0; times < 3; times++) expect((await call({ token: forged, now })).status).toBe(401);
    return reads;
  };
  expect(await sentAfter(1)).toBe(0);
  expect(await sentAfter(31)).toBe(1);
});

test("a function that is warm signs with another key within a minute, and asks for it no more often", async () => {
  const signing = readSecret("signing").open(cloud.signingSecret);
  const asked = vi.spyOn(SecretsManagerClient.prototype, "send");
  try {
    const before = await signing.read();
    await signing.read();
    expect(asked).toHaveBeenCalledTimes(1);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    expect(await signing.read()).toBe(before);
    expect(asked).toHaveBeenCalledTimes(2);
  } finally {
    vi.useRealTimers();
    asked.mockRestore();
  }
});

describe("forged tokens", async () => {
  const { genuine, secret, forged, mutated } = await tokenCorpus(1000);

  test("the genuine one is good, and 42 kinds of forgery are 401", async () => {
    expect((await api("GET", "/v1/me", { token: genuine })).status).toBe(200);
    expect(Object.keys(forged)).toHaveLength(42);
    expect(await accepted(getMe, Object.values(forged))).toEqual([]);
  });

  test("a thousand mutations are 401", async () => {
    expect(await accepted(getMe, mutated, inside.api)).toEqual([]);
  });

  test("every operation refuses a few of them", async () => {
    const few = ["alg none", "another issuer", "no session", "signature spelt otherwise"] as const;
    for (const operation of guarded)
      expect(
        await accepted(
          operation,
          few.map((kind) => forged[kind]!),
          inside.api,
        ),
      ).toEqual([]);
  });

  test("sabotage: a verification that only looks at the signature takes a dozen of them", async () => {
    const { d: _, ...open } = secret.session_key;
    const keys = createLocalJWKSet({ keys: [open as JWK] });
    const naive = await Promise.all(
      Object.entries(forged).map(async ([kind, token]) => {
        const passes = await jwtVerify(token, keys).then(
          () => true,
          () => false,
        );
        return passes ? [kind] : [];
      }),
    );
    expect(naive.flat().length).toBeGreaterThanOrEqual(10);
    expect(naive.flat()).toContain("another audience");
  });
});
