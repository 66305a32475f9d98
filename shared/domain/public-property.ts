import * as z from "zod/mini";
import { listedStatuses } from "./access.ts";
import type { StoredBrokerage } from "./brokerage.ts";
import { byPlace, type StoredMedia } from "./media.ts";
import { type ListedProperty, Location, Property } from "./property.ts";
import type { StoredProperty } from "./property-record.ts";
import { id } from "./schemas.ts";
import type { StoredUser } from "./user.ts";

// What anyone may read of a listing: a closed list. Each field is named here and filled by name below, so what is added
// to a stored record is in no public answer.

const maybe = z.nullable(z.string());

const place = {
  address: maybe.check(z.describe("Null where it may not be shown, like postal_code and location")),
  city: maybe,
  state_or_province: maybe,
  postal_code: maybe,
  location: z.nullable(Location),
};

const summary = {
  id,
  title: z.string().check(z.meta({ examples: ["Craftsman near Green Lake"] })),
  property_type: Property.shape.property_type,
  status: z.enum(listedStatuses),
  price: z.number(),
  currency: z.string().check(z.meta({ examples: ["USD"] })),
  ...place,
  bedrooms: z.nullable(z.number()),
  bathrooms: z.nullable(z.number()),
  size_sqft: z.nullable(z.number()),
};

/** A listing in the public list. */
export const PublicPropertySummary = z.object({
  ...summary,
  photo: maybe.check(z.describe("The primary photo, 320 pixels, at a stable address")),
});
type PublicPropertySummary = z.output<typeof PublicPropertySummary>;

/** The brokerage, as each listing must name it. */
export const PublicOffice = z.object({ name: z.string(), phone: maybe, license_number: maybe });

/** A listing's agent. */
const PublicAgent = z.object({
  name: z.string(),
  phone: maybe,
  license_number: maybe,
  license_state: maybe,
});

const PublicPicture = z.object({
  caption: maybe,
  altered: z.nullable(z.boolean()).check(z.describe("Digitally altered (RESO MediaAlteration)")),
  width: z.nullable(z.int()),
  height: z.nullable(z.int()),
  large: z.string(),
  medium: z.string(),
  small: z.string(),
});

/** A listing with all that anyone may read of it. */
export const PublicProperty = z.object({
  ...summary,
  country: maybe,
  public_remarks: maybe,
  lot_sqft: z.nullable(z.number()),
  year_built: z.nullable(z.int()),
  pictures: z
    .array(PublicPicture)
    .check(z.describe("As the gallery shows them, each at addresses that stay: 2048, 1024 and 320 pixels")),
  agent: z.nullable(PublicAgent),
  office: PublicOffice,
});
type PublicProperty = z.output<typeof PublicProperty>;

type Withholding = Pick<ListedProperty, "status" | "internet_display">;

/** Whether anyone may read a listing, where its brokerage shows its listings. */
export const isPublic = ({ status, internet_display }: Withholding): boolean =>
  listedStatuses.some((listed) => listed === status) && internet_display !== false;

/** A listing as the public list shows it. */
export const publicSummary = (
  property: ListedProperty & { readonly photo: string | null },
): PublicPropertySummary => ({ ...common(property), photo: property.photo });

/** Addresses of a photo in its sizes. */
type Addresses = Pick<z.output<typeof PublicPicture>, "large" | "medium" | "small">;

/** A listing as anyone reads it, with the photos that are ready. */
export const publicProperty = (
  property: StoredProperty,
  of: {
    readonly photos: readonly (Pick<StoredMedia, "caption" | "altered" | "metadata" | "order" | "id"> &
      Addresses)[];
    readonly agent: StoredUser | undefined;
    readonly office: StoredBrokerage;
  },
): PublicProperty => ({
  ...common(property),
  country: property.country,
  public_remarks: property.description,
  lot_sqft: property.lot_sqft,
  year_built: property.year_built,
  pictures: of.photos.toSorted(byPlace).map(({ caption, altered, metadata, large, medium, small }) => ({
    ...{ caption, altered, width: metadata?.width ?? null, height: metadata?.height ?? null },
    ...{ large, medium, small },
  })),
  agent: publicAgent(of.agent),
  office: publicOffice(of.office),
});

export const publicOffice = ({ name, phone, license_number }: StoredBrokerage) => ({
  name,
  phone,
  license_number,
});

/** The agent, while they work for the brokerage. */
function publicAgent(user: StoredUser | undefined): PublicProperty["agent"] {
  if (!user?.is_active || user.role === "client") return null;
  const { first_name, last_name, phone, license_number, license_state } = user;
  return { name: `${first_name} ${last_name}`, phone, license_number, license_state };
}

type Common = Omit<PublicPropertySummary, "photo">;

function common(property: ListedProperty | StoredProperty): Common {
  const { id, property_type, price, currency, city, state_or_province } = property;
  const { bedrooms, bathrooms, size_sqft } = property;
  const isPlaced = property.internet_address_display !== false;
  return {
    ...{ id, title: titleOf(property), property_type, price, currency },
    status: property.status as Common["status"],
    address: (isPlaced && property.address) || null,
    city: city ?? null,
    state_or_province: state_or_province ?? null,
    postal_code: (isPlaced && property.postal_code) || null,
    location: (isPlaced && property.location) || null,
    bedrooms: bedrooms ?? null,
    bathrooms: bathrooms ?? null,
    size_sqft: size_sqft ?? null,
  };
}

/** The title, unless it tells an address that may not be shown: an import makes it of the address. */
function titleOf({
  title,
  address,
  city,
  property_type,
  internet_address_display,
}: ListedProperty | StoredProperty): string {
  // House number and street are enough to find it, however the rest is abbreviated.
  const [number = "", street = ""] = (address ?? "").split(/\s+/);
  if (internet_address_display !== false || !address || !plain(title).includes(plain(number + street)))
    return title;
  const words = property_type.replaceAll("_", " ");
  const type = property_type === "other" ? "Property" : words[0]!.toUpperCase() + words.slice(1);
  return city ? `${type} in ${city}` : type;
}

/** A text without case, punctuation and blanks. */
const plain = (text: string) =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, "");
