import type { ImportResource } from "../domain/import.ts";
import type { Importable } from "./imported-as.ts";

/** Everything that can be imported; loaded when a file of it comes, so that a worker starts without the others. */
const importables: Readonly<Record<ImportResource, () => Promise<Importable>>> = {
  property: async () => (await import("./import-properties.ts")).importedProperties,
  client: async () => (await import("./import-clients.ts")).importedClients,
};

/** How a resource is imported. */
export const importableOf = (resource: ImportResource): Promise<Importable> => importables[resource]();
