import { join } from "node:path";
import { DynamoDBClient, ListTablesCommand } from "@aws-sdk/client-dynamodb";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { leanSdk, plainSchemas, standIns } from "../../infra/bundle-plugins.ts";

const bundled = (contents: string) =>
  build({
    stdin: { contents, resolveDir: join(import.meta.dirname, "../..") },
    plugins: [leanSdk, plainSchemas],
    bundle: true,
    minify: true,
    metafile: true,
    write: false,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
  });

test("every module that has a stand-in is one that the SDK still imports", async () => {
  const { metafile } = await bundled('export { DynamoDBClient } from "@aws-sdk/client-dynamodb";');
  expect(Object.keys(metafile.inputs)).toEqual(
    expect.arrayContaining(Object.keys(standIns).map((name) => `stand-in:${name}`)),
  );
});

test("DynamoDB is asked at the address that the SDK's own rules find", async () => {
  const { outputFiles } = await bundled('export { DynamoDBClient } from "@aws-sdk/client-dynamodb";');
  const lean = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0]!.text)}`);
  const addressOf = async (Client: typeof DynamoDBClient, region: string, endpoint?: string) => {
    let asked = "nowhere";
    const client = new Client({
      ...{ region, credentials: { accessKeyId: "a", secretAccessKey: "b" }, ...(endpoint && { endpoint }) },
      requestHandler: {
        async handle({ protocol, hostname, port }: { protocol: string; hostname: string; port?: number }) {
          asked = `${protocol}//${hostname}:${port ?? ""}`;
          throw new Error("not sent");
        },
      },
    });
    await expect(client.send(new ListTablesCommand())).rejects.toThrow("not sent");
    return asked;
  };
  for (const [region, endpoint] of [
    ["eu-central-1"],
    ["us-gov-west-1"],
    ["cn-north-1"],
    ["eu-central-1", "http://127.0.0.1:8000"],
  ] as const)
    expect(await addressOf(lean.DynamoDBClient, region, endpoint)).toBe(
      await addressOf(DynamoDBClient, region, endpoint),
    );
});

test("schemas are bundled without their descriptions and check as before", async () => {
  const { outputFiles } = await bundled(`
    import * as z from "zod/mini";
    const count = z.int().check(z.gte(1), z.describe("How many"), z.lte(9), z.meta({ examples: ["some"] }));
    const schema = z.object({ count: z.optional(count.check(z.describe("At most nine"))) });
    export const accepts = (value) => schema.safeParse(value).success;`);
  const { text } = outputFiles[0]!;
  expect(text).not.toMatch(/How many|some|At most nine/);
  const { accepts } = await import(`data:text/javascript,${encodeURIComponent(text)}`);
  expect([{}, { count: 1 }, { count: 9 }].map(accepts)).toEqual([true, true, true]);
  expect([{ count: 0 }, { count: 10 }, { count: "1" }].map(accepts)).toEqual([false, false, false]);
});
