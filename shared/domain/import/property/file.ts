import type { NewProperty } from "../../property.ts";
import type { ResourceFile } from "../file.ts";
import { lacking, propertyFields } from "./columns.ts";
import { type Row, readRow } from "./row.ts";

/** Files of properties and past sales. */
export const propertyFile: ResourceFile<Row, Partial<NewProperty>> = {
  fields: propertyFields,
  lacking,
  readRow,
  unknownType: ({ unknown_type }) => unknown_type,
};
