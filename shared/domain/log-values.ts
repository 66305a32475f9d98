import { isDeepStrictEqual } from "node:util";
import type { FieldChange } from "./audit.ts";

/** An item of the table before or after a change. */
export type Image = Readonly<Record<string, unknown>> | undefined;

/** What is stored of a record for the work on it and shown to nobody. */
const bookkeeping = new Set([
  "lease",
  "import",
  "undone",
  "position",
  "asked",
  "undo_asked",
  "password_version",
  "active_since",
  "former_emails",
  "photo_id",
  "moved",
  "parted_from",
  "nurture_set_at",
  "scored",
  "enquiry",
  "erased_clients",
  "partners",
  "request_payload",
  "response_payload",
  "started_at",
  "proposals",
  "based_on",
  "route",
  "taken_back",
  "about_client_id",
  "approved_at",
  "result",
]);

/** The fields of a record's item, deleted or not. */
export const bodyOf = (item: NonNullable<Image>): Record<string, unknown> => {
  const { listed, detail } = (item.deleted ?? item) as { listed?: object; detail?: object };
  return { ...listed, ...detail };
};

/** The fields of a record's item, as they are compared. */
export function contents(item: NonNullable<Image>): ReadonlyMap<string, unknown> {
  const fields = Object.entries({ ...bodyOf(item), shares: item.shares });
  return new Map(fields.filter(([name, value]) => !bookkeeping.has(name) && value !== undefined));
}

/** What differs between the fields of two versions. */
export function differences(
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
): FieldChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((field) => {
    const [was, is] = [before.get(field) ?? null, after.get(field) ?? null];
    return isDeepStrictEqual(was, is) ? [] : [{ field, before: was, after: is }];
  });
}

/** Longest value, and longest values of one entry, in characters of JSON. */
const longest = 10_000;
const longestTogether = 60_000;

/** The changes as they are kept: without secrets, and none longer than an entry can hold. */
export function withinBounds(changes: readonly FieldChange[]): FieldChange[] {
  let left = longestTogether;
  const kept = (field: string, value: unknown): unknown => {
    const json = JSON.stringify({ [field]: value }, masking);
    if (json.length > longest || json.length > left) return `(too long: ${json.length} characters)`;
    left -= json.length;
    return JSON.parse(json)[field];
  };
  return changes.map(({ field, before, after }) => ({
    field,
    before: before === null ? null : kept(field, before),
    after: after === null ? null : kept(field, after),
  }));
}

const secret = /password|secret|token|hash|cursor_key/i;

/** Masks by name, at any depth, so that a secret which somebody adds later is masked before anybody thinks of it. */
function masking(name: string, value: unknown): unknown {
  if (secret.test(name) && value !== null && value !== undefined) return "(secret)";
  return value instanceof Uint8Array ? `(${value.length} bytes)` : value;
}
