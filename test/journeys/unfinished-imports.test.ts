import { expect, test } from "vitest";
import { importRecord } from "../../shared/domain/import.ts";
import { cloud, expectStatus, signUp, waitFor } from "../cloud.ts";
import { makeOlder } from "../records.ts";

test("an import whose file never comes, or that nobody works off, fails with its task", async () => {
  const { brokerage, token } = await signUp();
  const body = { resource: "property", format: "csv", size_bytes: 100 };
  const announce = async (minutes: number, status: "awaiting_upload" | "processing") => {
    const announced = (await expectStatus(201, "POST", "/v1/imports", { token, body })).import;
    await makeOlder(importRecord, brokerage.id, announced.id, minutes, { status });
    return announced;
  };
  const [fresh, late, stuck] = [
    await announce(55, "awaiting_upload"),
    await announce(65, "awaiting_upload"),
    await announce(365, "processing"),
  ];
  await cloud.fire("expireUnfinished");
  const read = (id: string) => expectStatus(200, "GET", `/v1/imports/${id}`, { token });
  await waitFor(async () => ((await read(stuck.id)).status === "failed" ? true : undefined));
  expect(await read(late.id)).toMatchObject({
    status: "failed",
    reason: "The file was not uploaded in time: start a new import",
  });
  expect((await expectStatus(200, "GET", `/v1/tasks/${late.task_id}`, { token })).status).toBe("failed");
  expect((await read(fresh.id)).status).toBe("awaiting_upload");
});
