import type { Migration } from "./step.ts";

/**
 * Lists show a property's primary photo. Which it is stands in its media: that an item is written in this shape is a
 * change, from which `shared/effects/primary-photo.ts` finds it.
 */
export const propertyPhoto: Migration = {
  name: "property-photo",
  of: "property",
  from: 1,
  to: 2,
  step: (property) => property,
};
