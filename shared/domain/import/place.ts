export type Place = { readonly lat: unknown; readonly lng: unknown };

/**
 * The two halves of a row's nested location: ours, one in words, or a GeoJSON point, whose longitude comes first.
 * Undefined where it is none of these.
 */
export function placeOf(location: unknown): Place | undefined {
  if (typeof location !== "object" || location === null) return undefined;
  const { lat, lng, lon, latitude, longitude, type, coordinates } = location as Record<string, unknown>;
  if (type === "Point" && Array.isArray(coordinates)) return { lat: coordinates[1], lng: coordinates[0] };
  const place = { lat: lat ?? latitude, lng: lng ?? lon ?? longitude };
  return place.lat === undefined && place.lng === undefined ? undefined : place;
}
