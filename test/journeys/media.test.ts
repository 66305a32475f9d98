import { createHash } from "node:crypto";
import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { createMedia } from "../../functions/media/create-media.ts";
import { expireUnfinished } from "../../functions/service/expire-unfinished.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import type { Table } from "../../shared/data/table.ts";
import { mediaRecord } from "../../shared/domain/media.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { addUser, api, cloud, expectStatus, type SignedIn, signUp, waitFor } from "../cloud.ts";
import { drawing, heic, hostileUploads, mark, mp4, pdf } from "../hostile-uploads.ts";
import { inProcess, table, unconditional, withTable } from "../in-process.ts";
import { attack, deliverAtOnce, inStep, newProperty, resultsOf } from "../media-jobs.ts";
import { makeDue, makeOlder } from "../records.ts";
import { finished, objectsOf, send, upload, versionsOf } from "../uploads.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let photo: Buffer;

beforeAll(async () => {
  admin = await signUp();
  agent = await addUser(admin, "agent");
  const gps = { GPSLatitudeRef: "N", GPSLatitude: "47/1 36/1 22/1" };
  photo = await drawing(2400, 1600)
    .withExif({ IFD0: { Make: mark }, IFD3: gps })
    .jpeg()
    .toBuffer();
});

const objects = (id: string) => objectsOf(admin.brokerage.id, id);
const versions = (id: string) => versionsOf(admin.brokerage.id, id);

const image = (bytes: Buffer, more = {}) => ({
  type: "image",
  content_type: "image/jpeg",
  size_bytes: bytes.length,
  file_name: "front.jpg",
  ...more,
});

describe("a photo", () => {
  test("is uploaded, made anew in three sizes without its place, and read by signed URLs", async () => {
    const property = await newProperty(agent.token);
    const checksum_sha256 = createHash("sha256").update(photo).digest("base64");
    const announced = await expectStatus(201, "POST", `/v1/properties/${property}/media`, {
      token: agent.token,
      body: image(photo, { caption: "From the street", order: 0, checksum_sha256 }),
    });
    expect(announced.media).toMatchObject({
      status: "awaiting_upload",
      property_id: property,
      urls: null,
      order: 0,
    });
    expect((await send(announced.upload, photo)).status).toBe(200);

    const media = await finished(agent.token, announced.media.id);
    expect(media).toMatchObject({ status: "ready", reason: null, caption: "From the street" });
    expect(media.metadata).toMatchObject({
      width: 2400,
      height: 1600,
      sizes: { large: { width: 2048, height: 1365 } },
    });
    for (const [size, width] of Object.entries({ large: 2048, medium: 1024, small: 320 })) {
      const answer = await fetch(media.urls[size]);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe("image/jpeg");
      expect(new URL(media.urls[size]).searchParams.get("X-Amz-Expires")).toBe("900");
      const bytes = Buffer.from(await answer.arrayBuffer());
      const { exif, xmp, icc, ...picture } = await sharp(bytes).metadata();
      expect({ exif, xmp, icc, width: picture.width }).toEqual({ width });
      expect(bytes.includes(mark)).toBe(false);
    }
    const made = ["large", "medium", "small"].map(
      (size) => `media/${admin.brokerage.id}/${media.id}/${size}`,
    );
    await waitFor(async () => ((await objects(media.id)).length === 3 ? true : undefined));
    // The upload, which says the place, is gone with its versions.
    expect(await versions(media.id)).toEqual(made);
  });

  test("is listed as the gallery shows it, page by page", async () => {
    const property = await newProperty(agent.token);
    const path = `/v1/properties/${property}/media`;
    const orders = [undefined, 2, 0, undefined, 1];
    const ids: string[] = [];
    for (const order of orders) {
      const body = image(photo, order === undefined ? {} : { order });
      ids.push((await expectStatus(201, "POST", path, { token: agent.token, body })).media.id);
    }
    const [first, , , fourth] = ids;
    const expected = [ids[2], ids[4], ids[1], first, fourth];
    const seen = await waitFor(async () => {
      const found: string[] = [];
      for (let cursor = ""; ; ) {
        const page = await expectStatus(200, "GET", `${path}?limit=2${cursor}`, { token: agent.token });
        found.push(...page.items.map(({ id }: { id: string }) => id));
        if (!page.next_cursor) return found.length === expected.length ? found : undefined;
        cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`;
      }
    });
    expect(seen).toEqual(expected);
    const none = await expectStatus(200, "GET", `${path}?status=ready`, { token: agent.token });
    expect(none).toEqual({ items: [], next_cursor: null });
  });

  test("changes at the version that was read, and is not found by strangers", async () => {
    const property = await newProperty(agent.token);
    const { media } = await expectStatus(201, "POST", `/v1/properties/${property}/media`, {
      token: agent.token,
      body: image(photo),
    });
    const path = `/v1/media/${media.id}`;
    const body = { caption: "The garden", order: 3, altered: true };
    expect((await api("PATCH", path, { token: agent.token, body })).status).toBe(428);
    const changed = await api("PATCH", path, { token: agent.token, body, headers: { "if-match": '"1"' } });
    expect(changed.status).toBe(200);
    expect(changed.body).toMatchObject({ ...body, version: 2 });
    expect((await api("DELETE", path, { token: agent.token, headers: { "if-match": '"1"' } })).status).toBe(
      412,
    );

    const [client, colleague, stranger] = [
      await addUser(admin, "client"),
      await addUser(admin, "agent"),
      await signUp(),
    ];
    expect((await api("GET", path, { token: client.token })).status).toBe(200);
    const write = { body, headers: { "if-match": '"2"' } };
    expect((await api("PATCH", path, { token: client.token, ...write })).status).toBe(403);
    expect((await api("PATCH", path, { token: colleague.token, ...write })).status).toBe(404);
    expect((await api("GET", path, { token: stranger.token })).status).toBe(404);
    expect((await api("GET", `/v1/properties/${property}/media`, { token: stranger.token })).status).toBe(
      404,
    );
  });

  test("of a listing that is shared for changing is added and changed by the grantee, and not deleted", async () => {
    const property = await newProperty(agent.token);
    const { user, token } = await addUser(admin, "agent");
    await expectStatus(200, "PUT", `/v1/properties/${property}/shares/user/${user.id}`, {
      token: agent.token,
      body: { access: "write" },
    });
    const { media } = await expectStatus(201, "POST", `/v1/properties/${property}/media`, {
      token,
      body: image(photo),
    });
    const path = `/v1/media/${media.id}`;
    const body = { caption: "The garden" };
    await expectStatus(200, "PATCH", path, { token, body, headers: { "if-match": '"1"' } });
    const headers = { "if-match": '"2"' };
    const deleted = await api("DELETE", path, { token, headers });
    expect([deleted.status, deleted.body.code]).toEqual([403, "forbidden"]);
    await expectStatus(204, "DELETE", path, { token: agent.token, headers });
  });

  test("of a type that is not taken is refused with the list", async () => {
    const property = await newProperty(agent.token);
    const path = `/v1/properties/${property}/media`;
    const post = (body: object) => api("POST", path, { token: agent.token, body });
    const gif = await post(image(photo, { content_type: "image/gif" }));
    expect(gif.status).toBe(400);
    expect(gif.body.errors[0].path).toBe("/content_type");
    expect(gif.body.errors[0].message).toContain("image/jpeg, image/png, image/webp, image/avif, image/heic");
    expect((await post(image(photo, { type: "doc" }))).body.errors[0].path).toBe("/type");
    expect((await post(image(photo, { size_bytes: 50_000_001 }))).body.errors[0].path).toBe("/size_bytes");
    expect((await post(image(photo, { file_name: "../etc/passwd" }))).body.errors[0].path).toBe("/file_name");
    expect((await post(image(photo, { checksum_sha256: "abc" }))).body.errors[0].path).toBe(
      "/checksum_sha256",
    );
  });

  test("announced again under one Idempotency-Key is one, signed afresh", async () => {
    const property = await newProperty(agent.token);
    const post = () =>
      expectStatus(201, "POST", `/v1/properties/${property}/media`, {
        token: agent.token,
        body: image(photo),
        headers: { "idempotency-key": `photo of ${property}` },
      });
    const [first, second] = [await post(), await post()];
    expect(second.media).toEqual(first.media);
    expect((await send(second.upload, photo)).status).toBe(200);
    expect((await finished(agent.token, first.media.id)).status).toBe("ready");
  });
});

describe("what arrived first counts", () => {
  test("of two at once one is refused, and bytes sent to the same URL later change nothing", async () => {
    const property = await newProperty(agent.token);
    const other = Buffer.concat([photo.subarray(0, -8), Buffer.from("another!")]);
    const body = image(photo);
    const path = `/v1/properties/${property}/media`;
    const { media, upload } = await expectStatus(201, "POST", path, { token: agent.token, body });
    const [one, two] = await Promise.all([send(upload, photo), send(upload, photo)]);
    expect([one.status, two.status].sort()).toEqual([200, 412]);
    const ready = await finished(agent.token, media.id);
    expect(ready.status).toBe("ready");
    // The upload itself goes when it is done with: bytes that come after that are of no use to anybody.
    await waitFor(async () => ((await objects(media.id)).length === 3 ? true : undefined));
    const before = Buffer.from(await (await fetch(ready.urls.large)).arrayBuffer());
    expect((await send(upload, other)).status).toBe(200);
    await waitFor(async () => ((await objects(media.id)).length === 3 ? true : undefined));
    const after = await expectStatus(200, "GET", `/v1/media/${media.id}`, { token: agent.token });
    expect(after.version).toBe(ready.version);
    expect(Buffer.from(await (await fetch(after.urls.large)).arrayBuffer()).equals(before)).toBe(true);
  });

  test("sabotage: who leaves the condition out of the request is refused by its signature", async () => {
    const property = await newProperty(agent.token);
    const path = `/v1/properties/${property}/media`;
    const { upload } = await expectStatus(201, "POST", path, { token: agent.token, body: image(photo) });
    const { "if-none-match": condition, ...headers } = upload.headers;
    expect(condition).toBe("*");
    expect((await send({ ...upload, headers }, photo)).status).toBe(403);
  });
});

describe("the limit of a property's media", () => {
  const countOf = (property: string) => ({
    pk: recordKey(admin.brokerage.id, propertyRecord, property).pk,
    sk: "media-count",
  });
  const nearlyFull = async () => {
    const property = await newProperty(agent.token);
    await table.commit([{ Put: { Item: { ...countOf(property), schema: 1, count: 245 } } }]);
    return property;
  };

  test("holds when sixty come at once, and a delete makes room for one", async () => {
    const property = await nearlyFull();
    const path = `/v1/properties/${property}/media`;
    const post = () => api("POST", path, { token: agent.token, body: image(photo) });
    const answers = await Promise.all(Array.from({ length: 60 }, post));
    const made = answers.filter(({ status }) => status === 201);
    for (const { status, body } of answers)
      if (status !== 201)
        expect([status, ["limit_reached", "conflict"].includes(body.code)]).toEqual([409, true]);
    expect(made.length).toBeLessThanOrEqual(5);
    // Those that others were in the way of may try again.
    for (let left = 5 - made.length; left > 0; left--) expect((await post()).status).toBe(201);
    expect((await post()).body.code).toBe("limit_reached");
    expect((await table.get(countOf(property)))?.count).toBe(250);
    const headers = { "if-match": '"1"' };
    await expectStatus(204, "DELETE", `/v1/media/${made[0]!.body.media.id}`, { token: agent.token, headers });
    expect((await post()).status).toBe(201);
    expect((await post()).body.code).toBe("limit_reached");
  });

  test("sabotage: without the counter's condition more are taken", async () => {
    const property = await nearlyFull();
    const call = await inProcess(withTable(createMedia, unconditional));
    const request = { token: agent.token, params: { property_id: property }, body: image(photo) };
    for (let count = 0; count < 6; count++) expect((await call(request)).status).toBe(201);
  });
});

test("a property that is deleted while media is announced gets none", async () => {
  const id = await newProperty(agent.token);
  const key = recordKey(admin.brokerage.id, propertyRecord, id);
  const deletedFirst = (real: Table): Table => ({
    ...real,
    async commit(writes) {
      const headers = { "if-match": '"1"' };
      await expectStatus(204, "DELETE", `/v1/properties/${id}`, { token: agent.token, headers });
      await real.commit(writes);
    },
  });
  const call = await inProcess(withTable(createMedia, deletedFirst));
  const { status } = await call({ token: agent.token, params: { property_id: id }, body: image(photo) });
  expect(status).toBe(404);
  expect(await table.get({ pk: key.pk, sk: "media-count" })).toBeUndefined();
});

describe("the signature refuses", () => {
  const announce = async (more = {}) => {
    const property = await newProperty(agent.token);
    const body = image(photo, more);
    return expectStatus(201, "POST", `/v1/properties/${property}/media`, { token: agent.token, body });
  };
  const refused = async (
    { media, upload }: Awaited<ReturnType<typeof announce>>,
    bytes: Buffer,
    headers = {},
  ) => {
    expect([400, 403]).toContain(
      (await send({ ...upload, headers: { ...upload.headers, ...headers } }, bytes)).status,
    );
    expect(await objects(media.id)).toEqual([]);
    expect((await api("GET", `/v1/media/${media.id}`, { token: agent.token })).body.status).toBe(
      "awaiting_upload",
    );
  };

  test("another length", async () => refused(await announce(), Buffer.concat([photo, Buffer.from("!")])));
  test("another type", async () => refused(await announce(), photo, { "content-type": "text/html" }));
  test("another checksum", async () => {
    const checksum_sha256 = createHash("sha256").update(photo).digest("base64");
    await refused(await announce({ checksum_sha256 }), Buffer.alloc(photo.length, 1));
  });
});

test("a photo straight from a phone is shown as JPEG", async () => {
  const property = await newProperty(agent.token);
  const what = { type: "image", content_type: "image/heic", file_name: "IMG_0042.HEIC" };
  const media = await upload(agent.token, property, what, heic);
  expect(media).toMatchObject({ status: "ready", metadata: { width: 64, height: 48 } });
  const answer = await fetch(media.urls.large);
  expect(answer.headers.get("content-type")).toBe("image/jpeg");
  const { exif, format, width } = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
  expect({ exif, format, width }).toEqual({ format: "jpeg", width: 64 });
});

describe("a document and a video", () => {
  test.each([
    ["doc", "application/pdf", pdf, "Offer & plan «1».pdf"],
    ["video", "video/mp4", mp4, "tour.mp4"],
    ["doc", "application/pdf", pdf, "offer.exe"],
  ] as const)(
    "%s: a download under its name, with the extension of what it is",
    async (type, content_type, bytes, file_name) => {
      const property = await newProperty(agent.token);
      const media = await upload(agent.token, property, { type, content_type, file_name }, bytes);
      expect(media).toMatchObject({ status: "ready", metadata: null });
      const answer = await fetch(media.urls.download);
      expect(answer.status).toBe(200);
      expect(answer.headers.get("content-type")).toBe(content_type);
      const disposition = answer.headers.get("content-disposition");
      expect(disposition).toMatch(/^attachment;/);
      const named = file_name === "offer.exe" ? "offer.exe.pdf" : file_name;
      expect(decodeURIComponent(disposition!.split("''")[1]!)).toBe(named);
      const served = Buffer.from(await answer.arrayBuffer());
      expect(served.length).toBe(bytes.length);
      expect(served.includes("+47.6062")).toBe(false);
    },
  );
});

describe("a delete", () => {
  /** Lets the time be over in which a deleted record can be restored. */
  const purge = async (type: typeof mediaRecord | typeof propertyRecord, id: string) => {
    await makeDue(recordKey(admin.brokerage.id, type, id));
    await cloud.fire("purgeDeleted");
  };
  const remove = async (path: string) => {
    const { version } = await expectStatus(200, "GET", path, { token: agent.token });
    await expectStatus(204, "DELETE", path, { token: agent.token, headers: { "if-match": `"${version}"` } });
  };

  test("of media takes its files with it when it is purged, within a day", async () => {
    const property = await newProperty(agent.token);
    const media = await upload(agent.token, property, image(photo), photo);
    // The upload itself goes just after the media is ready.
    await waitFor(async () => ((await objects(media.id)).length === 3 ? true : undefined));
    await remove(`/v1/media/${media.id}`);
    expect((await api("GET", `/v1/media/${media.id}`, { token: agent.token })).status).toBe(404);
    const { due_at } = (await table.get(recordKey(admin.brokerage.id, mediaRecord, media.id)))!;
    expect(Date.parse(String(due_at)) - Date.now()).toBeLessThan(24 * 3_600_000);
    await purge(mediaRecord, media.id);
    await waitFor(async () => ((await versions(media.id)).length === 0 ? true : undefined));
  });

  test("of a property hides its media; restored it has them, purged it takes them, late uploads too", async () => {
    const property = await expectStatus(200, "GET", `/v1/properties/${await newProperty(agent.token)}`, {
      token: agent.token,
    });
    const media = await upload(agent.token, property.id, image(photo), photo);
    const late = await expectStatus(201, "POST", `/v1/properties/${property.id}/media`, {
      token: agent.token,
      body: image(photo),
    });
    const path = `/v1/properties/${property.id}`;
    await remove(path);
    expect((await api("GET", `/v1/media/${media.id}`, { token: agent.token })).status).toBe(404);
    await expectStatus(200, "POST", `${path}/restore`, { token: agent.token });
    expect((await finished(agent.token, media.id)).urls.large).toMatch(/^http/);
    await remove(path);
    expect((await send(late.upload, photo)).status).toBe(200);
    await waitFor(async () => ((await objects(late.media.id)).length === 3 ? true : undefined));
    await purge(propertyRecord, property.id);
    await waitFor(async () => ((await versions(media.id)).length === 0 ? true : undefined));
    await waitFor(async () => ((await versions(late.media.id)).length === 0 ? true : undefined));
    await expectStatus(404, "POST", `${path}/restore`, { token: agent.token });
  });
});

test("files made of media that is purged while they are made do not stay", async () => {
  const property = await newProperty(agent.token);
  const path = `/v1/properties/${property}/media`;
  const { media } = await expectStatus(201, "POST", path, { token: agent.token, body: image(photo) });
  let commits = 0;
  const purgedMeanwhile = (real: Table): Table => ({
    ...real,
    async commit(writes) {
      // The first claims the upload, the second says what became of it.
      if (++commits === 2) {
        expect(await objects(media.id)).toHaveLength(3);
        await real.commit([{ Delete: { Key: recordKey(admin.brokerage.id, mediaRecord, media.id) } }]);
      }
      await real.commit(writes);
    },
  });
  await deliverAtOnce(1, { brokerage_id: admin.brokerage.id, id: media.id }, photo, purgedMeanwhile);
  expect(commits).toBe(2);
  expect(await objects(media.id)).toEqual([]);
});

describe("one upload delivered ten times at once", () => {
  const results = async (change: (table: Table) => Table) => {
    const property = await newProperty(agent.token);
    const { media } = await expectStatus(201, "POST", `/v1/properties/${property}/media`, {
      token: agent.token,
      body: image(photo),
    });
    await deliverAtOnce(10, { brokerage_id: admin.brokerage.id, id: media.id }, photo, change);
    expect((await finished(agent.token, media.id)).status).toBe("ready");
    return (await resultsOf(admin.brokerage.id)).get(media.id);
  };

  test("has one result", async () => expect(await results((real) => real)).toBe(1));
  test("sabotage: without the conditions it has more", async () =>
    expect(await results((real) => unconditional(inStep(10, real)))).toBeGreaterThan(1));
});

test("an upload that never comes and a job that nobody finishes are rejected, the rest is left alone", async () => {
  const property = await newProperty(agent.token);
  const announce = async () => {
    const path = `/v1/properties/${property}/media`;
    const { media } = await expectStatus(201, "POST", path, { token: agent.token, body: image(photo) });
    return media.id as string;
  };
  const [fresh, late, abandoned, slow] = [
    await announce(),
    await announce(),
    await announce(),
    await announce(),
  ];
  const since = (id: string, minutes: number, status: "awaiting_upload" | "processing") =>
    makeOlder(mediaRecord, admin.brokerage.id, id, minutes, { status });
  await since(fresh, 55, "awaiting_upload");
  await since(late, 65, "awaiting_upload");
  await since(abandoned, 365, "processing");
  await since(slow, 355, "processing");
  const removed: unknown[] = [];
  const send = async (message: object) => void removed.push(message);
  await expireUnfinished.run({ ...invocation("test", null), table, removals: { send } });
  // What was uploaded for them goes, too.
  for (const id of [late, abandoned])
    expect(removed).toContainEqual({ brokerage_id: admin.brokerage.id, id });
  const ends = async (id: string) => {
    const { status, reason } = (await api("GET", `/v1/media/${id}`, { token: agent.token })).body;
    return { status, reason };
  };
  await waitFor(async () => ((await ends(abandoned)).status === "rejected" ? true : undefined));
  expect(await ends(late)).toEqual({ status: "rejected", reason: "upload_expired" });
  expect(await ends(abandoned)).toEqual({ status: "rejected", reason: "processing_failed" });
  expect(await ends(fresh)).toEqual({ status: "awaiting_upload", reason: null });
  expect(await ends(slow)).toEqual({ status: "processing", reason: null });
});

test("hostile uploads: what is served and one of each that is not; all of them are in bar 17", async () => {
  const all = await hostileUploads();
  const some = all.filter(
    ({ becomes }, at) =>
      becomes === "clean pictures" ||
      becomes === "download" ||
      all.findIndex((one) => one.becomes === becomes) === at,
  );
  expect(await attack(agent.token, some)).toEqual(
    some.map(({ name, becomes }) => ({ name, became: becomes, leaks: [] })),
  );
});
