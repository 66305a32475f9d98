import { expect, test } from "vitest";
import { recordKey } from "../../shared/data/record-item.ts";
import { mediaRecord } from "../../shared/domain/media.ts";
import { expectStatus, signUp } from "../cloud.ts";
import { drawing } from "../hostile-uploads.ts";
import { newProperty, resultsOf } from "../media-jobs.ts";
import { anotherSession } from "../sessions.ts";
import { objectsOf, send } from "../uploads.ts";
import { killJobs } from "./kill-jobs.ts";

test("the media worker is killed 200 times mid-job: every upload ends with exactly one result", async () => {
  const { brokerage, ...admin } = await signUp();
  const photo = await drawing(4000, 3000).jpeg().toBuffer();
  const body = { type: "image", content_type: "image/jpeg", size_bytes: photo.length, file_name: "a.jpg" };
  let property = "";
  let started = 0;

  const { records, deaths } = await killJobs(200, {
    worker: "ingestUpload",
    async start() {
      // A session token is good for a quarter of an hour, the proof takes longer.
      const { token } = await anotherSession(admin);
      if (started++ % 100 === 0) property = await newProperty(token);
      const { media, upload } = await expectStatus(201, "POST", `/v1/properties/${property}/media`, {
        token,
        body,
      });
      const sent = await send(upload, photo);
      if (sent.status !== 200) throw new Error(`The upload was answered ${sent.status}`);
      return recordKey(brokerage.id, mediaRecord, media.id);
    },
    milliseconds: 200,
    hasEnded: ({ status }) => status === "ready" || status === "rejected",
  });

  const results = await resultsOf(brokerage.id);
  // Created, claimed, ended: each further version is a claim whose worker was killed.
  const killed = records.reduce((sum, { version }) => sum + (version as number) - 3, 0);
  console.log(
    `${records.length} uploads, ${deaths} kills, ${killed} deliveries killed between claim and result`,
  );
  expect(killed).toBeGreaterThanOrEqual(deaths);
  for (const { id, status } of records) {
    expect([id, status, results.get(id as string)]).toEqual([id, "ready", 1]);
    expect(await objectsOf(brokerage.id, id as string)).toHaveLength(3);
  }
});
