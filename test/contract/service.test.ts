import { expect, test } from "vitest";
import { documents } from "../../infra/documents.ts";
import { api, cloud } from "../cloud.ts";

test("the document served is the one that the build makes, and the page carries it", async () => {
  const { "openapi.json": document, "docs.html": page } = documents();
  expect((await api("GET", "/openapi.json")).body).toEqual(JSON.parse(document));
  expect((await api("GET", "/docs")).body).toBe(page);
});

test.each(["/docs", "/openapi.json"])(
  "%s is compressed, and kept by caches until it changes",
  async (path) => {
    const first = await fetch(cloud.url + path, { headers: { "accept-encoding": "br" } });
    expect(first.status).toBe(200);
    expect(first.headers.get("content-encoding")).toBe("br");
    expect(first.headers.get("cache-control")).toBe("public, max-age=300");
    expect(first.headers.get("x-content-type-options")).toBe("nosniff");
    const size = (await first.text()).length;
    expect(Number(first.headers.get("content-length"))).toBeLessThan(size / 4);

    const etag = first.headers.get("etag")!;
    const again = await fetch(cloud.url + path, { headers: { "if-none-match": etag } });
    expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", etag]);
  },
);

test("what no route matches is a problem document, whatever is sent", async () => {
  for (const [method, path] of [
    ["GET", "/"],
    ["GET", "/v1/nothing?a=b"],
    ["POST", "/v1/nothing"],
    ["PUT", "/v1/health"],
    ["DELETE", "/v1/properties/x/y/z"],
  ] as const) {
    const { status, body } = await api(method, path, method === "POST" ? { body: { a: 1 } } : {});
    expect([status, body.code], `${method} ${path}`).toEqual([404, "not_found"]);
  }
});

test("health answers", async () => {
  expect((await api("GET", "/v1/health")).body).toEqual({ status: "ok" });
  expect(cloud.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});
