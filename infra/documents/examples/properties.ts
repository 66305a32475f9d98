import { ids, written } from "./ids.ts";

/** The last part of a photo's address. */
export const examplePhotoToken = "AZux128ffCqOFT-aHFt9IAGcO2oR2HuUjFPn8CptmxiNdJqEnTRcltKXueZirF9g";

const NewProperty = {
  title: "Craftsman near Green Lake",
  description: "Two blocks from the lake. New roof in 2021, a fenced yard, and a detached garage.",
  private_remarks: "The key is in the lockbox. Call before you go: there is a dog.",
  property_type: "house",
  price: 725_000,
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
};

const Property = {
  ...written(ids.property, 3, "2026-02-06T17:05:00.000Z", "2026-02-20T11:42:09.004Z"),
  owner_user_id: ids.agent,
  team_id: ids.team,
  ...NewProperty,
  status: "active",
  currency: "USD",
  original_price: 739_000,
  listed_at: "2026-02-06T17:05:00.000Z",
  internet_display: true,
  internet_address_display: true,
  contract_status: null,
  contract_date: null,
  close_price: null,
  close_date: null,
  source_system: null,
  source_key: null,
};

const Media = {
  ...written(ids.media, 2, "2026-02-06T17:18:00.152Z", "2026-02-06T17:18:21.940Z"),
  property_id: ids.property,
  type: "image",
  status: "ready",
  reason: null,
  content_type: "image/jpeg",
  size_bytes: 2_481_003,
  file_name: "front.jpg",
  checksum_sha256: "9n2xkKf0fM5w1mT6QxwS0m8Yp0dJ1m0sZ8u3v7a4b2c=",
  caption: "The front, from Woodlawn Ave",
  order: 0,
  altered: false,
  metadata: {
    width: 4032,
    height: 3024,
    sizes: {
      large: { width: 2048, height: 1536 },
      medium: { width: 1024, height: 768 },
      small: { width: 320, height: 240 },
    },
  },
  uploaded_at: "2026-02-06T17:18:12.000Z",
  urls: {
    large: "https://files.example.com/media/large.jpg?X-Amz-Expires=900&X-Amz-Signature=5d1c",
    medium: "https://files.example.com/media/medium.jpg?X-Amz-Expires=900&X-Amz-Signature=b8e4",
    small: "https://files.example.com/media/small.jpg?X-Amz-Expires=900&X-Amz-Signature=07aa",
  },
};

const photo = `https://api.example.com/v1/photos/${examplePhotoToken}`;

/** What anyone may read of the property in a list. */
const listed = {
  id: ids.property,
  title: Property.title,
  property_type: Property.property_type,
  status: Property.status,
  price: Property.price,
  currency: Property.currency,
  address: Property.address,
  city: Property.city,
  state_or_province: Property.state_or_province,
  postal_code: Property.postal_code,
  location: Property.location,
  bedrooms: Property.bedrooms,
  bathrooms: Property.bathrooms,
  size_sqft: Property.size_sqft,
};
const PublicOffice = { name: "Emerald City Realty", phone: "+12065550100", license_number: "9120" };

/** Bodies and answers about properties, and their photos, documents and videos. */
export const properties = {
  NewProperty,
  Property,
  PropertyPatch: { price: 719_000, status: "under_offer" },
  PropertySummary: {
    ...written(ids.property, 3, Property.created_at, Property.updated_at),
    owner_user_id: ids.agent,
    team_id: ids.team,
    title: Property.title,
    address: Property.address,
    city: Property.city,
    state_or_province: Property.state_or_province,
    postal_code: Property.postal_code,
    location: Property.location,
    property_type: Property.property_type,
    bedrooms: Property.bedrooms,
    bathrooms: Property.bathrooms,
    size_sqft: Property.size_sqft,
    price: Property.price,
    currency: Property.currency,
    status: Property.status,
    photo,
  },
  PublicPropertySummary: { ...listed, photo },
  PublicOffice,
  PublicPropertyPage: { items: [{ ...listed, photo }], next_cursor: null, office: PublicOffice },
  PublicProperty: {
    ...listed,
    country: Property.country,
    public_remarks: Property.description,
    lot_sqft: Property.lot_sqft,
    year_built: Property.year_built,
    pictures: [
      {
        ...{ caption: Media.caption, altered: Media.altered, width: 4032, height: 3024 },
        ...{ large: `${photo}?size=large`, medium: `${photo}?size=medium`, small: photo },
      },
    ],
    agent: { name: "Ana Agent", phone: "+12065550142", license_number: "114277", license_state: "WA" },
    office: PublicOffice,
  },
  PropertyStep: {
    version: 3,
    changed_at: Property.updated_at,
    changed_by: ids.agent,
    status: "active",
    previous_status: "active",
    price: 725_000,
    previous_price: 739_000,
  },
  Media,
  NewMedia: {
    type: "image",
    content_type: "image/jpeg",
    size_bytes: 2_481_003,
    file_name: "front.jpg",
    caption: "The front, from Woodlawn Ave",
    order: 0,
  },
  MediaPatch: { caption: "The front in May, from Woodlawn Ave", order: 1 },
  CreateMediaResponse: {
    media: {
      ...Media,
      ...written(ids.media, 1, Media.created_at),
      status: "awaiting_upload",
      checksum_sha256: null,
      altered: null,
      metadata: null,
      uploaded_at: null,
      urls: null,
    },
    upload: {
      url: "https://files.example.com/uploads/media/019c3b6a?X-Amz-Expires=900&X-Amz-Signature=c41f",
      method: "PUT",
      headers: { "content-type": "image/jpeg" },
      expires_at: "2026-02-06T17:33:00.152Z",
    },
  },
};
