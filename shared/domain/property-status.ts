import type { Owned } from "./ownership.ts";
import { invalidInput, Problem } from "./problem.ts";
import {
  type NewProperty,
  nothingKnown,
  type Property,
  type PropertyPatch,
  type PropertyStatus,
} from "./property.ts";
import { instant, mergePatch } from "./schemas.ts";

/**
 * Which status may follow which. A closed sale goes back only to `under_offer` (it did not close after all): a house
 * that is listed again after its sale is another listing. What was rented out may be offered again.
 */
export const mayFollow = {
  active: ["under_offer", "sold", "rented"],
  under_offer: ["active", "sold", "rented"],
  sold: ["under_offer"],
  rented: ["active"],
} as const satisfies Record<PropertyStatus, readonly PropertyStatus[]>;

const closing = ["contract_status", "contract_date", "close_price", "close_date"] as const;

/** The facts of a contract that each status has; in another they are null. */
const has: Record<PropertyStatus, readonly (typeof closing)[number][]> = {
  active: [],
  under_offer: ["contract_status", "contract_date"],
  sold: ["contract_date", "close_price", "close_date"],
  rented: ["contract_date", "close_price", "close_date"],
};

/** The defaults of a status. */
function startOf(status: PropertyStatus, today: string): Partial<Property> {
  switch (status) {
    case "active":
      return {};
    case "under_offer":
      return { contract_status: "active_under_contract", contract_date: today };
    case "sold":
    case "rented":
      return { close_date: today };
  }
}

/** The fields of a property without those that every record has. */
export type PropertyFields = Omit<Property, "id" | "version" | "created_at" | "updated_at">;

interface Moment {
  readonly now: Date;
}

/** A new property, in any status: offices bring their past sales with them. Throws 400 where its parts disagree. */
export function newProperty(
  { listed_at, ...body }: NewProperty,
  { owner_user_id, team_id = null, now }: Moment & Pick<Owned, "owner_user_id"> & Partial<Owned>,
): PropertyFields {
  const at = now.toISOString();
  const property: PropertyFields = {
    ...nothingKnown,
    currency: "USD",
    status: "active",
    original_price: body.price,
    internet_display: true,
    internet_address_display: true,
    ...body,
    listed_at: listed_at === undefined ? at : instant(listed_at),
    owner_user_id,
    team_id,
  };
  return settled(property, body, true, now);
}

/**
 * A property after a merge patch. Throws 409 `invalid_transition` for a status that may not
 * follow, 400 where the parts then disagree.
 */
export function changedProperty(
  property: PropertyFields,
  patch: PropertyPatch,
  { now }: Moment,
): PropertyFields {
  const next = mergePatch(property, patch) as PropertyFields;
  const moved = next.status !== property.status;
  if (moved && !mayFollow[property.status].some((status) => status === next.status))
    throw new Problem(
      "invalid_transition",
      `From ${property.status} a property can go to ${mayFollow[property.status].join(", ")}, not to ${next.status}`,
    );
  for (const half of ["lat", "lng"] as const)
    if (next.location && next.location[half] === undefined)
      throw invalidInput(`/location/${half}`, "is required: the property has no location yet");
  return settled(next, patch, moved, now);
}

/** Sets the contract facts that the status has and clears the others; a newly entered status gets its defaults. */
function settled(
  property: PropertyFields,
  said: PropertyPatch | Partial<NewProperty>,
  entered: boolean,
  now: Date,
) {
  const { status } = property;
  const defaults = entered ? startOf(status, now.toISOString().slice(0, 10)) : {};
  const facts = Object.fromEntries(
    closing.map((name) => {
      if (has[status].includes(name))
        return [name, said[name] !== undefined ? said[name] : (property[name] ?? defaults[name] ?? null)];
      if (said[name] != null)
        throw invalidInput(`/${name}`, `must not be set for a property that is ${status}`);
      return [name, null];
    }),
  );
  const next = { ...property, ...facts } as PropertyFields;
  if (next.close_date && next.contract_date && next.close_date < next.contract_date)
    throw invalidInput("/close_date", "must not be before contract_date");
  return next;
}
