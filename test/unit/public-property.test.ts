import { describe, expect, test } from "vitest";
import { primaryPhoto } from "../../shared/data/photos.ts";
import type { StoredMedia } from "../../shared/domain/media.ts";
import type { ListedProperty } from "../../shared/domain/property.ts";
import { isPublic, publicProperty, publicSummary } from "../../shared/domain/public-property.ts";

const listed = {
  ...{ id: "1", title: "7420 Woodlawn Ave NE", address: "7420 Woodlawn Ave NE", city: "Seattle" },
  ...{ postal_code: "98115", location: { lat: 47.68, lng: -122.33 }, property_type: "house" },
  ...{ price: 725_000, currency: "USD", status: "active", photo: null },
} as unknown as ListedProperty & { photo: null };

describe("where the address may not be shown", () => {
  const off = { ...listed, internet_address_display: false };
  test.each([
    ["7420 Woodlawn Ave NE", "House in Seattle"],
    ["7420 woodlawn ave. n.e., price reduced", "House in Seattle"],
    ["Sale of 7420 WOODLAWN AVE NE", "House in Seattle"],
    ["Craftsman near Green Lake", "Craftsman near Green Lake"],
    ["7420", "7420"],
  ])("the title %s is %s", (title, shown) => {
    expect(publicSummary({ ...off, title }).title).toBe(shown);
    expect(publicSummary({ ...listed, title }).title).toBe(title);
  });

  test("there is no address, no postal code and no place, but the city", () => {
    const { address, postal_code, location, city } = publicSummary(off);
    expect({ address, postal_code, location, city }).toEqual({
      ...{ address: null, postal_code: null, location: null, city: "Seattle" },
    });
    expect(publicSummary(listed)).toMatchObject({ address: listed.address, location: listed.location });
  });

  test("nothing is told where nothing is known", () => {
    const { city: _, ...nowhere } = off;
    const of = (over: object) => publicSummary({ ...nowhere, ...over } as never).title;
    expect(of({ property_type: "multi_family" })).toBe("Multi family");
    expect(of({ property_type: "other" })).toBe("Property");
    // Without an address there is nothing that the title could tell.
    expect(of({ address: undefined })).toBe(listed.title);
  });
});

test("public is what is on the market and not withheld", () => {
  const found = ["active", "under_offer", "sold", "rented"].flatMap((status) =>
    [true, undefined, false].flatMap((internet_display) =>
      isPublic({ status, internet_display } as never) ? [`${status} ${internet_display}`] : [],
    ),
  );
  expect(found).toEqual(["active true", "active undefined", "under_offer true", "under_offer undefined"]);
});

test("an agent is named while they work here", () => {
  const user = {
    first_name: "Ana",
    last_name: "Agent",
    phone: null,
    license_number: null,
    license_state: null,
  };
  const of = (agent: object | undefined) =>
    publicProperty(listed as never, { photos: [], office: {} as never, agent: agent as never }).agent;
  expect(of({ ...user, is_active: true, role: "agent" })).toMatchObject({ name: "Ana Agent" });
  for (const gone of [
    undefined,
    { ...user, is_active: false, role: "agent" },
    { ...user, is_active: true, role: "client" },
  ])
    expect(of(gone)).toBeNull();
});

test("the primary photo is the first of the gallery that is ready", () => {
  const media = (id: string, over: object = {}) =>
    ({ id, type: "image", status: "ready", order: null, ...over }) as StoredMedia;
  expect(primaryPhoto([])).toBeUndefined();
  expect(primaryPhoto([media("b"), media("a")])).toBe("a");
  expect(primaryPhoto([media("a"), media("b", { order: 3 }), media("c", { order: 0 })])).toBe("c");
  expect(primaryPhoto([media("a", { status: "processing", order: 0 }), media("b")])).toBe("b");
  expect(
    primaryPhoto([media("a", { type: "video", order: 0 }), media("b", { status: "rejected" })]),
  ).toBeUndefined();
});
