import type { ImportResource } from "../domain/import.ts";
import { importedProperties } from "./import-properties.ts";
import type { Importable } from "./imported-as.ts";

/** Everything that can be imported. */
export const importables: Readonly<Record<ImportResource, Importable>> = {
  property: importedProperties,
};
