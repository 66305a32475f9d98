import sharp from "sharp";
import { beforeAll, describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { getPhoto } from "../../functions/public/get-photo.ts";
import { getPublicProperty } from "../../functions/public/get-public-property.ts";
import { fileKey } from "../../shared/data/media.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import { mediaRecord } from "../../shared/domain/media.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { showPrimaryPhoto } from "../../shared/effects/primary-photo.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { client, ok } from "../client.ts";
import { type Answer, addUser, api, expectStatus, type SignedIn, signUp, waitFor } from "../cloud.ts";
import { inProcess, table } from "../in-process.ts";
import { fill, house } from "../properties.ts";
import { overwrite, stored } from "../records.ts";
import { upload } from "../uploads.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let slug: string;
/** A listing of which all is known, and its first photo. */
let listing: Answer["body"];
let front: Answer["body"];

const at = (version: number) => ({ "if-match": `"${version}"` });
const list = (query = "", headers = {}) => api("GET", `/v1/public/${slug}/properties${query}`, { headers });
const show = (id: string, of = slug) => api("GET", `/v1/public/${of}/properties/${id}`);
const create = (body: object = {}) =>
  expectStatus(201, "POST", "/v1/properties", { token: agent.token, body: { ...house, ...body } });
const image = (order?: number) => ({
  ...{ type: "image", content_type: "image/png", file_name: "front.png" },
  ...(order === undefined ? {} : { order }),
});
const picture = (shade: number) =>
  sharp({ create: { width: 400, height: 300, channels: 3, background: { r: shade, g: 90, b: 90 } } })
    .png()
    .toBuffer();
const addPhoto = async (property: string, shade: number, order?: number) =>
  upload(agent.token, property, image(order), await picture(shade));
/** The address of a property's photo in the public list, once it is `wanted`. */
const photoOf = (id: string, wanted: (photo: string | null) => boolean, seconds = 30) =>
  waitFor(async () => {
    const { items } = (await list("?limit=100")).body;
    const photo = items.find((item: { id: string }) => item.id === id)?.photo;
    return photo !== undefined && wanted(photo) ? { photo: photo as string | null } : undefined;
  }, seconds);
const go = (url: string) => fetch(url, { redirect: "manual" });

const all = {
  title: "Craftsman near Green Lake",
  description: "Two blocks from the lake.",
  private_remarks: "The lockbox opens with 4711",
  address: "7420 Woodlawn Ave NE",
  city: "Seattle",
  state_or_province: "WA",
  postal_code: "98115",
  country: "US",
  location: { lat: 47.6826, lng: -122.3275 },
  bedrooms: 3,
  bathrooms: 2.25,
  size_sqft: 1850,
  lot_sqft: 4200,
  year_built: 1924,
  condition: 4,
  price: 725_000,
  source_key: "MLS-4411",
};
const { private_remarks, description, country, lot_sqft, year_built, condition, source_key, ...shown } = all;

beforeAll(async () => {
  admin = await signUp();
  agent = await addUser(admin, "agent");
  slug = admin.brokerage.slug;
  const said = { phone: "+12065550142", license_number: "A-114", license_state: "WA" };
  await expectStatus(200, "PATCH", "/v1/me", { token: agent.token, headers: at(1), body: said });
  listing = await create(all);
  const sent = addPhoto(listing.id, 200);
  // Nobody may read it before the brokerage says so.
  const hidden = await show(listing.id);
  const unknown = await show(listing.id, "no-such-brokerage");
  expect([hidden.status, plain(hidden.body)]).toEqual([404, plain(unknown.body)]);
  const body = { public_listings: true, phone: "+12065550100", license_number: "O-9120" };
  await expectStatus(200, "PATCH", "/v1/brokerage", { token: admin.token, headers: at(1), body });
  front = await sent;
});

/** A problem without the request's own id. */
const plain = ({ instance, ...problem }: Answer["body"]) => problem;

describe("a listing", () => {
  test("shows anyone what is on the list of fields, and nothing else", async () => {
    const office = { name: admin.brokerage.name, phone: "+12065550100", license_number: "O-9120" };
    const { photo } = await photoOf(listing.id, Boolean);
    const common = { id: listing.id, ...shown, property_type: "house", status: "active", currency: "USD" };
    const { body } = await list();
    expect(body).toEqual({ items: [{ ...common, photo }], next_cursor: null, office });
    expect((await show(listing.id)).body).toEqual({
      ...common,
      ...{ country, public_remarks: description, lot_sqft, year_built, office },
      pictures: [
        {
          ...{ caption: null, altered: null, width: 400, height: 300 },
          ...{ small: photo, medium: `${photo}?size=medium`, large: `${photo}?size=large` },
        },
      ],
      agent: {
        ...{ name: "Una agent", phone: "+12065550142" },
        ...{ license_number: "A-114", license_state: "WA" },
      },
    });
  });

  test("what is added to its stored record is in no answer; sabotage: a schema that is open answers it", async () => {
    const property = (await stored(propertyRecord, admin.brokerage.id, listing.id))!;
    const key = recordKey(admin.brokerage.id, propertyRecord, listing.id);
    const item = (await table.get(key))!;
    const canary = "canary-4711";
    const added = {
      listed: { ...(item.listed as object), canary },
      detail: { ...(item.detail as object), canary },
    };
    await table.commit([{ Put: { Item: { ...item, ...added } as never } }]);
    // The index has it, too: the list reads it there.
    await waitFor(async () => {
      const { items } = await table.query({
        IndexName: "kind_at",
        KeyConditionExpression: "brokerage_id = :b AND kind = :k",
        ExpressionAttributeValues: { ":b": admin.brokerage.id, ":k": "property" },
      });
      return JSON.stringify(items).includes(canary) || undefined;
    });
    const answers = [await list(), await show(listing.id)].map(({ body }) => JSON.stringify(body));
    const open = {
      ...getPublicProperty,
      answer: { status: 200, body: z.looseObject({}) },
    } as unknown as Operation;
    const loose = await inProcess({
      ...open,
      run: async (context) => ({
        ...(await stored(propertyRecord, admin.brokerage.id, listing.id)),
        ...((await open.run(context)) as object),
      }),
    });
    const leaked = await loose({ params: { slug, property_id: listing.id } });
    await overwrite(propertyRecord, property);
    for (const told of [canary, all.private_remarks, all.source_key, agent.user.id, admin.brokerage.id]) {
      for (const text of answers) expect(text).not.toContain(told);
      expect(JSON.stringify(leaked.body)).toContain(told);
    }
  });

  test("has no address and no place where these may not be shown, nor a title that tells them", async () => {
    const title = "7420 woodlawn AVE. N.E. (price reduced)";
    const off = await create({ ...all, title, internet_address_display: false });
    expect(off).toMatchObject({ internet_display: true, internet_address_display: false, title });
    const nowhere = {
      address: null,
      postal_code: null,
      location: null,
      city: "Seattle",
      title: "House in Seattle",
    };
    expect((await show(off.id)).body).toMatchObject(nowhere);
    const listed = await waitFor(async () =>
      (await list()).body.items.find(({ id }: { id: string }) => id === off.id),
    );
    expect(listed).toMatchObject(nowhere);
    const { body } = await api("GET", "/v1/properties?limit=100", { token: agent.token });
    expect(body.items.find(({ id }: { id: string }) => id === off.id)).toMatchObject({
      title,
      address: all.address,
    });
    await expectStatus(204, "DELETE", `/v1/properties/${off.id}`, { token: agent.token, headers: at(1) });
    expect((await show(off.id)).status).toBe(404);
  });

  test("is the same 404 where it may not be shown: sold, withheld, another brokerage's, or none", async () => {
    const [sold, withheld] = await Promise.all([
      create({ status: "sold" }),
      create({ internet_display: false }),
    ]);
    const other = await signUp();
    const [abroad] = await fill(other, [{}]);
    const unknown = plain((await show(listing.id, "no-such-brokerage")).body);
    for (const id of [sold.id, withheld.id, abroad!.id, admin.user.id, "1"]) {
      const { status, body } = await show(id);
      expect([id, status, plain(body)]).toEqual([id, 404, unknown]);
    }
    for (const name of [other.brokerage.slug, "No Slug", "x".repeat(3000)]) {
      const { status, body } = await api("GET", `/v1/public/${encodeURIComponent(name)}/properties`);
      expect([status, plain(body)]).toEqual([404, unknown]);
    }
    // Shown from the moment on which it may be, and no longer than it may.
    const patch = (version: number, body: object) =>
      expectStatus(200, "PATCH", `/v1/properties/${withheld.id}`, {
        token: agent.token,
        headers: at(version),
        body,
      });
    await patch(1, { internet_display: true });
    expect((await show(withheld.id)).status).toBe(200);
    await patch(2, { internet_display: false });
    expect((await show(withheld.id)).status).toBe(404);
  });

  test("its private remarks are the brokerage's: a client gets none, however it reads the listing", async () => {
    const buyer = await addUser(admin, "client");
    const path = `/v1/properties/${listing.id}`;
    expect(await expectStatus(200, "GET", path, { token: agent.token })).toMatchObject({ private_remarks });
    const read = await expectStatus(200, "GET", path, { token: buyer.token });
    expect(read).toMatchObject({ private_remarks: null, description, title: all.title });
  });
});

describe("the list", () => {
  let ids: readonly string[];
  beforeAll(async () => {
    const made = await fill(admin, [
      ...Array.from({ length: 9 }, (_, n) => ({
        ...{
          title: `Listing ${n}`,
          city: n % 2 ? "Kent" : "Renton",
          price: 100_000 + n * 1000,
          bedrooms: n % 4,
        },
        ...{ status: n % 3 ? "active" : "under_offer", internet_display: n !== 4 },
        ...{ created: new Date(Date.UTC(2025, 0, 1 + n)) },
      })),
      { ...{ status: "sold", city: "Kent", price: 1 } },
    ]);
    ids = made.map(({ id }) => id);
  });

  /** All pages of the list, their sizes, and the places of what was made among what they hold. */
  async function readAll(query: string) {
    const found: string[] = [];
    for (let cursor = ""; ; ) {
      const { status, body } = await list(`?limit=3${query}${cursor}`);
      expect(status).toBe(200);
      found.push(...body.items.map(({ id }: { id: string }) => id));
      if (!body.next_cursor) return found.flatMap((id) => (ids.includes(id) ? [ids.indexOf(id)] : []));
      cursor = `&cursor=${body.next_cursor}`;
    }
  }

  test.each([
    ["", [8, 7, 6, 5, 3, 2, 1, 0]],
    ["&sort=price&max_price=106000", [0, 1, 2, 3, 5, 6]],
    ["&sort=-price&status=active", [8, 7, 5, 2, 1]],
    ["&city=kent&sort=created_at", [1, 3, 5, 7]],
    ["&sort=-bedrooms&min_bedrooms=2&status=under_offer", [3, 6]],
    ["&property_type=condo", []],
  ])("%s: what may be shown, in its order, page by page", async (query, expected) => {
    await waitFor(async () => (await readAll("")).length === 8 || undefined);
    expect(await readAll(query)).toEqual(expected);
  });

  test("is kept by caches until it changes, and the same for who is signed in", async () => {
    const first = await list("?limit=2");
    const etag = first.headers.get("etag")!;
    expect(first.headers.get("cache-control")).toBe("public, max-age=60");
    expect(first.headers.get("vary") ?? "").not.toMatch(/authorization|cookie/i);
    expect(first.body.next_cursor).toEqual(expect.any(String));
    const known = await list("?limit=2", { "if-none-match": `W/"other", ${etag}` });
    expect([known.status, known.body, known.headers.get("etag")]).toEqual([304, "", etag]);
    const signedIn = await list("?limit=2", { authorization: `Bearer ${agent.token}` });
    expect([signedIn.body, signedIn.headers.get("etag")]).toEqual([first.body, etag]);
    const one = await show(listing.id);
    const path = `/v1/properties/${listing.id}`;
    const body = { price: 719_000 };
    const { version } = await expectStatus(200, "GET", path, { token: agent.token });
    await expectStatus(200, "PATCH", path, { token: agent.token, headers: at(version), body });
    expect((await show(listing.id)).headers.get("etag")).not.toBe(one.headers.get("etag"));
    await waitFor(async () => ((await list("?limit=2")).headers.get("etag") !== etag ? true : undefined));
  });
});

describe("a photo", () => {
  test("is in both lists within two seconds after it is ready, and nobody's If-Match fails for it", async () => {
    const { id } = await create();
    await photoOf(id, (photo) => photo === null);
    const before = await ok(client.getProperty({ token: agent.token, params: { property_id: id } }));
    await addPhoto(id, 120);
    const { photo } = await photoOf(id, Boolean, 2);
    const { items } = await ok(client.listProperties({ token: agent.token, query: { limit: "100" } }));
    expect(items.find((item) => item.id === id)).toMatchObject({ photo, version: 1 });
    const patch = {
      token: agent.token,
      params: { property_id: id },
      version: before.version,
      body: { price: 1 },
    };
    expect((await client.updateProperty(patch)).status).toBe(200);
    await photoOf(id, (now) => now === photo);
  });

  test("its address leads to the small picture, within an hour to the same URL, until it is deleted", async () => {
    const { photo } = await photoOf(listing.id, Boolean);
    const [first, again] = [await go(photo!), await go(photo!)];
    expect([first.status, first.headers.get("cache-control")]).toEqual([302, "public, max-age=300"]);
    const url = first.headers.get("location")!;
    expect(again.headers.get("location")).toBe(url);
    const file = await fetch(url);
    expect([file.status, file.headers.get("content-type")]).toEqual([200, "image/jpeg"]);
    expect(file.headers.get("cache-control")).toBe("public, max-age=3600");
    expect((await sharp(Buffer.from(await file.arrayBuffer())).metadata()).width).toBe(320);
    const large = (await go(`${photo}?size=large`)).headers.get("location")!;
    expect(large).toContain(fileKey({ brokerage_id: admin.brokerage.id, id: front.id }, "large"));
    // In another hour it is another URL, and works as long.
    const later = await (await inProcess(getPhoto as unknown as Operation))({
      params: { token: photo!.split("/").at(-1)! },
      now: new Date(Date.now() + 3_600_000),
    });
    expect(later.headers.get("location")).not.toBe(url);
    const expires = Number(new URL(url).searchParams.get("X-Amz-Expires"));
    expect(expires).toBe(7200);

    for (const forged of [photo!.slice(0, -4), `${photo!.slice(0, -4)}AAAA`, `${photo!}A`])
      expect((await go(forged)).status).toBe(404);
  });

  test("the first of the gallery stands for the property: by order, then by age; none when none is left", async () => {
    const { id } = await create({ title: "Gallery" });
    const [one, other] = [await addPhoto(id, 10), await addPhoto(id, 20)];
    const token = agent.token;
    const { photo: oldest } = await photoOf(id, Boolean);
    const media = (which: Answer["body"]) => `/v1/media/${which.id}`;
    const order = { token, headers: at(other.version), body: { order: 0 } };
    const { version } = await expectStatus(200, "PATCH", media(other), order);
    const { photo: first } = await photoOf(id, (photo) => photo !== oldest);
    expect((await show(id)).body.pictures.map(({ small }: { small: string }) => small)).toEqual([
      first,
      oldest,
    ]);
    await expectStatus(204, "DELETE", media(other), { token, headers: at(version) });
    expect((await go(first!)).status).toBe(404);
    await photoOf(id, (photo) => photo === oldest);
    await expectStatus(204, "DELETE", media(one), { token, headers: at(one.version) });
    await photoOf(id, (photo) => photo === null);
  });

  test("is in the lists of those it is shared with, too, and gone with its property", async () => {
    const colleague = await addUser(admin, "client");
    const { id } = await create({ title: "Shared", status: "sold" });
    const share = { token: agent.token, body: { access: "read" } };
    await expectStatus(200, "PUT", `/v1/properties/${id}/shares/user/${colleague.user.id}`, share);
    await addPhoto(id, 60);
    const photo = await waitFor(async () => {
      const { items } = (await api("GET", "/v1/properties?limit=100", { token: colleague.token })).body;
      return items.find((item: { id: string }) => item.id === id)?.photo ?? undefined;
    });
    expect((await go(photo)).status).toBe(302);
    await expectStatus(204, "DELETE", `/v1/properties/${id}`, { token: agent.token, headers: at(2) });
    expect((await go(photo)).status).toBe(404);
  });

  test("is right again whoever overwrote it, and however late, often and out of order changes come", async () => {
    const { id } = await create({ title: "Disorder" });
    const photo = await addPhoto(id, 90);
    const read = () => stored(propertyRecord, admin.brokerage.id, id);
    const isShown = () => waitFor(async () => ((await read())?.photo_id === photo.id ? true : undefined));
    await isShown();
    const { photo_id: _, ...without } = (await read())!;
    // It may be mended before anybody could read that it was gone.
    await overwrite(propertyRecord, without);
    await isShown();

    const item = (await table.get(recordKey(admin.brokerage.id, mediaRecord, photo.id)))!;
    const pending = { ...item, version: 1, listed: { ...(item.listed as object), status: "processing" } };
    const property = (await table.get(recordKey(admin.brokerage.id, propertyRecord, id)))!;
    const changes = [
      { before: item, after: undefined },
      { before: pending, after: item },
      { before: item, after: pending },
      { before: { ...property, schema: 1 }, after: property },
    ];
    for (const change of [...changes, ...changes.toReversed()])
      await showPrimaryPhoto.run({ ...invocation("test", null), change }, { table });
    expect(await read()).toMatchObject({ photo_id: photo.id, version: 1 });
  });
});
