import { DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { beforeAll, describe, expect, test } from "vitest";
import { listRecords, type Page } from "../../shared/data/list.ts";
import { type Caller, defaultGrants } from "../../shared/domain/access.ts";
import { distanceKm } from "../../shared/domain/geo.ts";
import type { ListedProperty, Property } from "../../shared/domain/property.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { type Answer, addUser, api, cloud, type SignedIn, signUp } from "../cloud.ts";
import { table } from "../in-process.ts";
import { fill, readAll } from "../properties.ts";

type Item = Answer["body"];

/** Numbers that look random and are the same on every run. */
function dice(seed: number) {
  let state = seed;
  return (sides: number) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % sides;
  };
}

const statuses = ["active", "under_offer", "sold", "rented"] as const;
const types = ["house", "condo", "land"] as const;
const cities = ["Seattle", "Renton", "Kent"];
const centre = { lat: 47.61, lng: -122.33 };
const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 0, n));

/** A market with a crowded middle, a tower, lonely outskirts, and properties of which little is known. */
function market(count: number, owners: readonly string[]) {
  const roll = dice(7);
  return Array.from({ length: count }, (_, n) => {
    const spread = [0.002, 0.02, 0.2, 0.5][roll(4)]!;
    const off = () => ((roll(2001) - 1000) / 1000) * spread;
    const tower = n % 3 === 0;
    const location = tower ? centre : { lat: centre.lat + off(), lng: centre.lng + off() };
    const land = types[roll(3)] === "land";
    return {
      title: `Listing ${n} ${["garden", "view", "quiet"][roll(3)]}`,
      owner: owners[roll(owners.length)]!,
      created: minute(roll(count)),
      status: statuses[roll(4)]!,
      property_type: types[roll(3)]!,
      city: cities[roll(3)]!,
      price: 100_000 + roll(90) * 10_000,
      ...(land ? {} : { bedrooms: roll(6), bathrooms: roll(12) / 4 }),
      ...(roll(20) === 0 ? {} : { location }),
    };
  });
}

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let client: SignedIn;
let all: Property[];
beforeAll(async () => {
  admin = await signUp();
  agent = await addUser(admin, "agent");
  client = await addUser(admin, "client");
  // More than the 500 that a page reads at most.
  all = await fill(admin, market(520, [admin.user.id, agent.user.id]));
});

const ids = (items: readonly Item[]) => items.map(({ id }) => id);
const by = (field: keyof Property, sign: number) => (a: Property, b: Property) => {
  const [x, y] = [a[field]!, b[field]!];
  return sign * (x < y ? -1 : x > y ? 1 : a.id < b.id ? -1 : 1);
};
const newestFirst = by("created_at", -1);

describe("a list read to its end is what the properties say", () => {
  const cases: [
    query: string,
    holds: (p: Property) => boolean,
    order: (a: Property, b: Property) => number,
  ][] = [
    ["", () => true, newestFirst],
    ["?sort=created_at", () => true, by("created_at", 1)],
    ["?sort=price", () => true, by("price", 1)],
    ["?sort=-price", () => true, by("price", -1)],
    ["?sort=bedrooms", (p) => p.bedrooms !== null, by("bedrooms", 1)],
    ["?sort=-bedrooms&min_bedrooms=3", (p) => (p.bedrooms ?? -1) >= 3, by("bedrooms", -1)],
    ["?sort=-updated_at", () => true, by("updated_at", -1)],
    ["?status=sold", (p) => p.status === "sold", newestFirst],
    ["?status=active&sort=-price", (p) => p.status === "active", by("price", -1)],
    ["?property_type=condo", (p) => p.property_type === "condo", newestFirst],
    ["?city=renton", (p) => p.city === "Renton", newestFirst],
    ["?min_price=300000&max_price=500000", (p) => p.price >= 300_000 && p.price <= 500_000, newestFirst],
    [
      "?min_price=300000&max_price=500000&sort=price",
      (p) => p.price >= 300_000 && p.price <= 500_000,
      by("price", 1),
    ],
    ["?min_bathrooms=2.5", (p) => (p.bathrooms ?? 0) >= 2.5, newestFirst],
    [
      `?updated_since=${minute(260).toISOString()}`,
      (p) => p.updated_at >= minute(260).toISOString(),
      by("updated_at", 1),
    ],
    [
      "?status=rented&property_type=land&city=Kent&min_price=200000&sort=-price",
      (p) => p.status === "rented" && p.property_type === "land" && p.city === "Kent" && p.price >= 200_000,
      by("price", -1),
    ],
  ];

  test.each(cases)("%s", async (query, holds, order) => {
    const expected = ids(all.filter(holds).sort(order));
    expect(ids(await readAll(`/v1/properties${query}`, admin.token))).toEqual(expected);
  });

  test("a range that holds no price is refused, and says where", async () => {
    const { status, body } = await api("GET", "/v1/properties?min_price=2&max_price=1", {
      token: admin.token,
    });
    expect([status, body.errors]).toEqual([
      400,
      [{ path: "?max_price", message: "must not be below min_price" }],
    ]);
  });

  test("with pages of seven, too", async () => {
    const found = await readAll("/v1/properties?sort=price&city=kent&status=sold", admin.token, 7);
    const expected = all.filter((p) => p.city === "Kent" && p.status === "sold").sort(by("price", 1));
    expect(ids(found)).toEqual(ids(expected));
  });

  test("for a client: what is listed, in the same orders", async () => {
    const listed = all.filter(({ status }) => status === "active" || status === "under_offer");
    for (const [query, order] of [
      ["", newestFirst],
      ["?sort=price", by("price", 1)],
      ["?sort=-updated_at", by("updated_at", -1)],
    ] as const)
      expect(ids(await readAll(`/v1/properties${query}`, client.token))).toEqual(ids(listed.sort(order)));
  });
});

describe("near", () => {
  const around = (place: { lat: number; lng: number }, km: number, properties = all) =>
    properties
      .flatMap(({ id, location }) => {
        if (!location) return [];
        const distance = distanceKm(
          { lat: place.lat, lon: place.lng },
          { lat: location.lat, lon: location.lng },
        );
        return distance <= km ? [{ id, distance }] : [];
      })
      .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1));

  test.each([
    [centre, 50],
    [centre, 5],
    [centre, 0.5],
    [{ lat: 47.7, lng: -122.5 }, 20],
    [{ lat: 47.2, lng: -122.9 }, 50],
    [{ lat: -33.9, lng: 18.4 }, 50],
  ])("%o within %d km: all of it, nearest first", async (place, km) => {
    const found = await readAll(
      `/v1/properties?near=${place.lat},${place.lng}&radius_km=${km}`,
      admin.token,
      100,
    );
    const expected = around(place, km);
    expect(ids(found)).toEqual(ids(expected));
    expect(found.map((item) => item.distance_km)).toEqual(
      expected.map(({ distance }) => Math.round(distance * 1000) / 1000),
    );
  });

  test("with filters and small pages", async () => {
    const sold = all.filter(({ status, city }) => status === "sold" && city === "Kent");
    const found = await readAll("/v1/properties?near=47.61,-122.33&status=sold&city=kent", admin.token, 9);
    expect(ids(found)).toEqual(ids(around(centre, 50, sold)));
  });

  test("across the antimeridian", async () => {
    const islands = await signUp();
    const made = await fill(
      islands,
      [179.9, -179.95, 179.99, -179.5].map((lng) => ({ location: { lat: -16.8, lng } })),
    );
    const found = await readAll("/v1/properties?near=-16.8,180&radius_km=20", islands.token);
    expect(ids(found)).toEqual([made[2]!.id, made[1]!.id, made[0]!.id]);
  });
});

describe("bounds", () => {
  const inside = (properties = all) =>
    properties.filter(
      ({ location }) =>
        location &&
        location.lat >= 47.5 &&
        location.lat <= 47.7 &&
        location.lng >= -122.4 &&
        location.lng <= -122.2,
    );
  const path = "/v1/properties?bounds=47.5,-122.4,47.7,-122.2";

  test.each([100, 7])("all that lies on that part of the map, each once, in pages of %i", async (limit) => {
    expect(inside().length).toBeGreaterThan(10);
    const found = await readAll(path, admin.token, limit);
    expect(ids(found).sort()).toEqual(ids(inside()).sort());
  });

  test("with filters, and with words, which sort then", async () => {
    const sold = inside(all.filter(({ status }) => status === "sold"));
    expect(ids(await readAll(`${path}&status=sold`, admin.token)).sort()).toEqual(ids(sold).sort());
    const { title } = inside()[0]!;
    const called = inside().filter((one) => one.title === title);
    const found = await readAll(`${path}&q=${encodeURIComponent(title)}`, admin.token);
    expect(ids(found)).toEqual(expect.arrayContaining(ids(called)));
    expect(ids(inside())).toEqual(expect.arrayContaining(ids(found)));
  });

  test("a client sees what is listed", async () => {
    const found = await readAll(path, client.token);
    expect(ids(found).sort()).toEqual(
      ids(inside(all.filter(({ status }) => status === "active" || status === "under_offer"))).sort(),
    );
  });
});

describe("what a page costs", () => {
  test("25 items: two read units, 12 KB", async () => {
    const office = await signUp();
    const roll = dice(3);
    await fill(
      office,
      Array.from({ length: 30 }, (_, n) => ({
        title: `${7420 + n} Woodlawn Avenue NE`,
        postal_code: "98115",
        location: { lat: 47.6 + roll(9999) / 1e5, lng: -122.3 - roll(9999) / 1e5 },
        status: "sold",
        close_price: 400_000 + roll(99) * 1000,
        close_date: "2026-01-01",
        bedrooms: 3,
        bathrooms: 2.25,
        size_sqft: 1850,
      })),
    );
    const client = new DynamoDBClient({});
    const { ConsumedCapacity } = await client.send(
      new QueryCommand({
        TableName: cloud.tableName,
        IndexName: "kind_at",
        KeyConditionExpression: "brokerage_id = :b AND kind = :e",
        ExpressionAttributeValues: { ":b": { S: office.brokerage.id }, ":e": { S: "property" } },
        Limit: 26,
        ReturnConsumedCapacity: "TOTAL",
      }),
    );
    expect(ConsumedCapacity!.CapacityUnits).toBeLessThanOrEqual(2);
    const { body } = await api("GET", "/v1/properties", { token: office.token });
    expect(body.items).toHaveLength(25);
    expect(JSON.stringify(body).length).toBeLessThanOrEqual(12 * 1024);
  });

  test("a filter that finds nothing answers a short page and goes on; no page reads more than it says", async () => {
    let reads = 0;
    const counting = {
      ...table,
      async query(input: Parameters<typeof table.query>[0]) {
        const answer = await table.query(input);
        reads += answer.items.length;
        return answer;
      },
    };
    const { id: user_id } = admin.user;
    const caller: Caller = {
      ...{ brokerage_id: admin.brokerage.id, user_id, session_id: "s", role: "admin", team_ids: [] },
      grants: defaultGrants.admin,
    };
    const holds = ({ title }: ListedProperty) => title.startsWith("Listing 0 ");
    const options = { type: propertyRecord, caller, now: new Date(), cursorKey: "k", filters: [{ holds }] };
    const found = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      reads = 0;
      const page: Page<ListedProperty> = await listRecords(counting, {
        ...options,
        query: { limit: 25, cursor },
      });
      expect(reads).toBeLessThanOrEqual(500);
      found.push(...page.items);
      cursor = page.next_cursor ?? undefined;
      pages++;
    } while (cursor);
    expect([found.length, pages]).toEqual([1, 2]);
  });
});
