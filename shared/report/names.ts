import { lineNames } from "../domain/cma/changes.ts";
import type { Format } from "../page/format.ts";

const names: Partial<Record<string, string>> = lineNames;

/** A line's or a fact's name in words. */
export function nameOf(name: string): string {
  const words = names[name] ?? name.replaceAll("_", " ");
  return words[0]!.toUpperCase() + words.slice(1);
}

/** A fact as it is written: counts with separators, years without, words without underscores. */
export function factOf(name: string, value: string | number, format: Format): string {
  if (name === "time" || name === "market_movement") return format.date(String(value));
  if (name === "year_built") return String(value);
  if (typeof value === "number") return format.number(value, name.endsWith("sqft") ? 0 : 2);
  const words = value.replaceAll("_", " ");
  return name === "property_type" ? words[0]!.toUpperCase() + words.slice(1) : words;
}
