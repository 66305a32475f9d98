import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { PublicPage } from "../../shared/entry/public-page.ts";

const text = `<p>${"Gable ".repeat(5000)}</p>`;
const page = new PublicPage(text);
const plain = { statusCode: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: text };
const ask = (headers: Record<string, string>) => page.answer(plain, headers);
const bytes = (headers: Record<string, string>) => Buffer.from(ask(headers).body ?? "", "base64");

test("a page travels in the best encoding that the caller takes", () => {
  expect(ask({ "accept-encoding": "gzip, deflate, br, zstd" })).toMatchObject({
    statusCode: 200,
    isBase64Encoded: true,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-encoding": "br",
      vary: "accept-encoding",
    },
  });
  expect(brotliDecompressSync(bytes({ "accept-encoding": "gzip, br" })).toString()).toBe(text);
  expect(gunzipSync(bytes({ "accept-encoding": "gzip" })).toString()).toBe(text);
  expect(gunzipSync(bytes({ "accept-encoding": "br;q=0, gzip;q=0.5" })).toString()).toBe(text);
  expect(bytes({ "accept-encoding": "br" }).length).toBeLessThan(text.length / 10);
});

test("it comes as it is to who takes neither", () => {
  for (const asked of [{}, { "accept-encoding": "identity" }, { "accept-encoding": "zstd, \u0000;;;" }]) {
    const { body, headers, isBase64Encoded } = ask(asked as Record<string, string>);
    expect([body, headers?.["content-encoding"], isBase64Encoded]).toEqual([text, undefined, undefined]);
  }
});

test("caches keep it for minutes, and ask by its tag, which is that of its text", () => {
  const { headers } = ask({});
  const etag = String(headers?.etag);
  expect(headers?.["cache-control"]).toBe("public, max-age=300");
  expect(ask({ "accept-encoding": "br" }).headers?.etag).toBe(etag);
  expect(new PublicPage(`${text}.`).answer(plain, {}).headers?.etag).not.toBe(etag);

  for (const known of [etag, `"other", ${etag}`, etag.replace("W/", ""), "*"]) {
    const answer = ask({ "if-none-match": known, "accept-encoding": "br" });
    expect([answer.statusCode, answer.body, answer.headers?.etag]).toEqual([304, undefined, etag]);
  }
  for (const unknown of ['"other"', "", etag.slice(0, -2)])
    expect(ask({ "if-none-match": unknown }).statusCode).toBe(200);
});
