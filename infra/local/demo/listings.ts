import sharp from "sharp";

const place = { state_or_province: "WA", country: "US", city: "Seattle", property_type: "house" } as const;

/** Homes for sale in the demo: invented, among real sales. */
export const listings = [
  {
    ...place,
    title: "Craftsman near Green Lake",
    address: "7214 Demo Avenue N",
    postal_code: "98103",
    location: { lat: 47.6812, lng: -122.3415 },
    bedrooms: 3,
    bathrooms: 2,
    size_sqft: 1850,
    lot_sqft: 4000,
    year_built: 1924,
    condition: 4,
    price: 725_000,
  },
  {
    ...place,
    title: "Light-filled rambler in Wedgwood",
    address: "8021 Example Street NE",
    postal_code: "98115",
    location: { lat: 47.6889, lng: -122.2966 },
    bedrooms: 4,
    bathrooms: 2.5,
    size_sqft: 2310,
    lot_sqft: 6200,
    year_built: 1951,
    condition: 3,
    price: 819_000,
  },
  {
    ...place,
    property_type: "townhouse",
    title: "Townhouse with a roof deck in Ballard",
    address: "1530 Sample Court NW",
    postal_code: "98107",
    location: { lat: 47.6681, lng: -122.3776 },
    bedrooms: 2,
    bathrooms: 1.5,
    size_sqft: 1180,
    lot_sqft: 1250,
    year_built: 2008,
    condition: 3,
    price: 498_000,
  },
] as const;

/** A drawn picture of a house as JPEG bytes: the demo ships no photos. */
export async function housePhoto({
  title,
  year_built,
}: (typeof listings)[number]): Promise<Uint8Array<ArrayBuffer>> {
  const hue = (year_built * 37) % 360;
  const windows = [420, 760, 1100]
    .map(
      (x) =>
        `<rect x="${x}" y="640" width="130" height="150" fill="#fdf3c4" stroke="#fff" stroke-width="14"/>`,
    )
    .join("");
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="1600" height="1067">
    <rect width="1600" height="1067" fill="#bcd9ee"/><circle cx="1330" cy="190" r="80" fill="#fff6d6"/>
    <path d="M0 860q400-120 800-40t800-30v280H0z" fill="#7d9f6b"/>
    <path d="M250 560 800 250l550 310z" fill="hsl(${hue} 25% 30%)"/>
    <rect x="330" y="550" width="940" height="400" fill="hsl(${hue} 35% 62%)"/>${windows}
    <rect x="930" y="720" width="120" height="230" fill="hsl(${hue} 30% 25%)"/>
    <text x="60" y="1030" font-family="sans-serif" font-size="34" fill="#fff">${title}</text></svg>`;
  return Uint8Array.from(await sharp(Buffer.from(drawing)).jpeg({ quality: 82 }).toBuffer());
}
