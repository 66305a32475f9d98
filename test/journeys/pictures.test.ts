import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import { expireUnfinished } from "../../functions/service/expire-unfinished.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import { pictureRecord } from "../../shared/domain/picture-record.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, cloud, type SignedIn, signUp, waitFor } from "../cloud.ts";
import { drawing, hostileUploads, mark } from "../hostile-uploads.ts";
import { table } from "../in-process.ts";
import { makeDue, makeOlder } from "../records.ts";
import { objectsOf, send, versionsOf } from "../uploads.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let photo: Buffer;
beforeAll(async () => {
  admin = await signUp();
  agent = await addUser(admin, "agent");
  photo = await drawing(1500, 1000)
    .withExif({ IFD0: { Copyright: mark }, IFD3: { GPSLatitudeRef: "N", GPSLatitude: "47/1 36/1 22/1" } })
    .jpeg()
    .toBuffer();
});

type Upload = { url: string; method: "PUT"; headers: Record<string, string> };
/** The id of the picture that an upload is for. */
const idOf = ({ url }: Upload) => new URL(url).pathname.split("/").at(-1)!;
const announced = (bytes: Buffer, content_type = "image/jpeg") =>
  ({ content_type: content_type as "image/jpeg", size_bytes: bytes.length }) as const;
const mine = async ({ token }: SignedIn) => (await ok(client.getMe({ token }))).photo;

/** Announces and sends a photo, and waits until it is ready or rejected. */
async function upload(who: SignedIn, bytes: Buffer, content_type?: string) {
  const { token } = who;
  const body = announced(bytes, content_type);
  const { photo, upload } = await ok(client.putMyPhoto({ token, body }));
  expect(photo.status).toBe("awaiting_upload");
  expect((await send(upload, bytes)).status).toBe(200);
  const id = idOf(upload);
  await waitFor(async () => ((await mine(who))?.status === "awaiting_upload" ? undefined : true), 120);
  return id;
}
const served = async (url: string | null | undefined) => {
  const answer = await fetch(url!);
  const bytes = Buffer.from(await answer.arrayBuffer());
  return { status: answer.status, type: answer.headers.get("content-type"), bytes };
};
const gone = (id: string, seconds = 120) =>
  waitFor(async () => ((await versionsOf(admin.brokerage.id, id)).length === 0 ? true : undefined), seconds);

describe("a photo", () => {
  let first: string;

  test("is re-encoded to 512 pixels without its metadata, and shown wherever the user is", async () => {
    expect(await mine(agent)).toBeNull();
    await refused("not_found", client.deleteMyPhoto({ token: agent.token }));
    first = await upload(agent, photo);
    const shown = await mine(agent);
    expect(shown).toMatchObject({ status: "ready", reason: null, width: 512, height: 341 });
    const { type, bytes } = await served(shown?.url);
    expect(type).toBe("image/jpeg");
    const { format, width, exif, xmp, icc } = await sharp(bytes).metadata();
    expect({ format, width, exif, xmp, icc }).toEqual({ format: "jpeg", width: 512 });
    expect(bytes.includes(mark)).toBe(false);
    const { token } = admin;
    const got = await ok(client.getUser({ token, params: { user_id: agent.user.id } }));
    expect((await served(got.photo?.url)).status).toBe(200);
    const { items } = await ok(client.listUsers({ token, query: { role: "agent" } }));
    expect((await served(items[0]?.photo?.url)).status).toBe(200);
    // What was uploaded says where it was made: it goes at once.
    const made = [`pictures/${admin.brokerage.id}/${first}`];
    await waitFor(async () =>
      (await objectsOf(admin.brokerage.id, first)).join() === made.join() ? true : undefined,
    );
  });

  test("is shown until another one is ready; one that is rejected, or never comes, leaves it", async () => {
    const before = await served((await mine(agent))?.url);
    await upload(agent, Buffer.from("no picture"), "image/png");
    const rejected = await mine(agent);
    expect(rejected).toMatchObject({ status: "rejected", reason: "type_mismatch", width: 512 });
    expect((await served(rejected?.url)).bytes).toEqual(before.bytes);

    const { upload: late } = await ok(client.putMyPhoto({ token: agent.token, body: announced(photo) }));
    await makeOlder(pictureRecord, admin.brokerage.id, idOf(late), 65);
    const removed: unknown[] = [];
    const removals = { send: async (message: object) => void removed.push(message) };
    await expireUnfinished.run({ ...invocation("test", null), table, removals });
    expect(removed).toContainEqual({ brokerage_id: admin.brokerage.id, id: idOf(late) });
    expect(await mine(agent)).toMatchObject({ status: "rejected", reason: "upload_expired", width: 512 });
    // It comes after all: nothing is made of it, and it does not stay.
    expect((await send(late, photo)).status).toBe(200);
    await gone(idOf(late));
  });

  test("that takes the place of another has its file deleted; deleted itself, nothing stays", async () => {
    const second = await upload(agent, await drawing(200, 300).png().toBuffer(), "image/png");
    expect(await mine(agent)).toMatchObject({ status: "ready", width: 200, height: 300 });
    const purged = async (id: string) => {
      await makeDue(recordKey(admin.brokerage.id, pictureRecord, id));
      await cloud.fire("purgeDeleted");
      await gone(id);
    };
    const { due_list, due_at } = (await table.get(recordKey(admin.brokerage.id, pictureRecord, first)))!;
    expect([due_list, Date.parse(String(due_at)) - Date.now() < 2 * 3_600_000]).toEqual(["purge", true]);
    await purged(first);
    await ok(client.deleteMyPhoto({ token: agent.token }));
    expect(await mine(agent)).toBeNull();
    await purged(second);
  });

  test("announced twice at once, and deleted meanwhile: what is stored is named by its user, or deleted", async () => {
    const { token } = agent;
    const puts = [1, 2, 3].map(() => client.putMyPhoto({ token, body: announced(photo) }));
    const answers = (await Promise.all(puts)).map(({ body }) => body);
    const ids = answers.flatMap((body) => ("upload" in body ? [idOf(body.upload)] : []));
    expect(ids.length).toBeGreaterThan(0);
    const alive = async () => {
      const items = await Promise.all(
        ids.map((id) => table.get(recordKey(admin.brokerage.id, pictureRecord, id))),
      );
      return items.filter((item) => item && !("deleted" in item)).length;
    };
    expect(await alive()).toBe(1);
    await ok(client.deleteMyPhoto({ token }));
    expect(await alive()).toBe(0);
  });

  test("is announced once for an Idempotency-Key, and no URL is kept with the answer", async () => {
    const headers = { "idempotency-key": "my photo" };
    const put = () => client.putMyPhoto({ token: agent.token, body: announced(photo), headers });
    const [one, two] = [await ok(put()), await ok(put())];
    expect(idOf(two.upload)).toBe(idOf(one.upload));
    await ok(client.deleteMyPhoto({ token: agent.token }));
  });
});

test("a logo is the brokerage's: only who may change that puts it, everybody sees it", async () => {
  const { token } = admin;
  const body = announced(photo);
  await refused("forbidden", client.putBrokerageLogo({ token: agent.token, body }));
  await refused("forbidden", client.deleteBrokerageLogo({ token: agent.token }));
  const { logo, upload } = await ok(client.putBrokerageLogo({ token, body }));
  expect(logo).toEqual({ status: "awaiting_upload", reason: null, url: null, width: null, height: null });
  expect((await send(upload, photo)).status).toBe(200);
  const shown = await waitFor(async () => {
    const { logo } = await ok(client.getBrokerage({ token: agent.token }));
    return logo?.status === "ready" ? logo : undefined;
  }, 120);
  expect((await served(shown.url)).type).toBe("image/jpeg");
  const { version } = await ok(client.getBrokerage({ token }));
  const renamed = await ok(client.updateBrokerage({ token, version, body: { name: "With a logo" } }));
  expect((await served(renamed.logo?.url)).status).toBe(200);
  await ok(client.deleteBrokerageLogo({ token }));
  expect((await ok(client.getBrokerage({ token }))).logo).toBeNull();
});

test("what is no picture, too large or of another kind is not announced", async () => {
  const { token } = agent;
  const wrong = [
    { content_type: "image/svg+xml", size_bytes: 1000 },
    { content_type: "application/pdf", size_bytes: 1000 },
    { content_type: "image/png", size_bytes: 20_000_001 },
    { content_type: "image/png", size_bytes: 0 },
    { content_type: "image/png" },
  ];
  for (const body of wrong) await refused("invalid_input", client.putMyPhoto({ token, body: body as never }));
});

test("hostile uploads: one of each kind; all of them are in the unit test", async () => {
  const all = (await hostileUploads()).filter(({ content_type }) => content_type.startsWith("image/"));
  const some = all.filter(({ becomes }, at) => all.findIndex((one) => one.becomes === becomes) === at);
  const became: unknown[] = [];
  for (const { name, content_type, bytes } of some) {
    await upload(agent, bytes, content_type);
    const picture = await mine(agent);
    if (picture?.status === "ready") {
      const { type, bytes } = await served(picture.url);
      expect([type, bytes.includes(mark), bytes.includes("GPS")], name).toEqual(["image/jpeg", false, false]);
    }
    became.push({ name, becomes: picture?.status === "ready" ? "clean pictures" : picture?.reason });
  }
  expect(became).toEqual(some.map(({ name, becomes }) => ({ name, becomes })));
});
