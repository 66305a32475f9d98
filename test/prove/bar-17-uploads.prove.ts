import { expect, test } from "vitest";
import { signUp } from "../cloud.ts";
import { hostileUploads } from "../hostile-uploads.ts";
import { attack } from "../media-jobs.ts";

test("hostile uploads over HTTP: each ends as it must, and none is shown", async () => {
  const { token } = await signUp();
  const uploads = await hostileUploads();
  expect(uploads.length).toBeGreaterThanOrEqual(40);
  expect(await attack(token, uploads)).toEqual(
    uploads.map(({ name, becomes }) => ({ name, became: becomes, leaks: [] })),
  );
});
