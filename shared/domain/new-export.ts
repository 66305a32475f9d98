import * as z from "zod/mini";
import { AuditQuery } from "./audit.ts";
import { ClientQuery } from "./client-search.ts";
import { exportFormats } from "./export.ts";
import { PropertyQuery } from "./property-search.ts";
import { id, listQuery } from "./schemas.ts";
import { TaskQuery } from "./task.ts";

type Paging = "limit" | "cursor" | "sort";
type Filters<Query extends z.ZodMiniObject> = Omit<z.output<Query>, Paging>;

/**
 * The filters of a list in a body: the fields of its query, numbers as numbers, by the query's own rules; without what
 * is about pages.
 */
function filtersOf<Query extends z.ZodMiniObject>(query: Query): z.ZodMiniType<Filters<Query>> {
  const { limit: _, cursor: __, sort: ___, ...fields } = query.shape as Record<string, z.ZodMiniType>;
  const shape = Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, z.optional(spelled(field))]),
  );
  return z.strictObject(shape).check(...((query.def.checks ?? []) as never[])) as never;
}

/** What a query's text spells, where that is no text: a number to no more places than there. */
function spelled(field: z.core.$ZodType): z.core.$ZodType {
  if (field instanceof z.ZodMiniOptional) return spelled(field.def.innerType);
  if (!(field instanceof z.ZodMiniPipe)) return field;
  const { out } = field.def;
  if (out instanceof z.ZodMiniString) return field;
  return out instanceof z.ZodMiniNumber ? z.pipe(out, z.transform(toPlaces)) : out;
}

/** The table holds neither the tiniest nor the longest doubles. */
const toPlaces = (value: number) => Math.round(value * 1e8) / 1e8;

const format = z.enum(exportFormats);

const of = <const Name extends string, Query extends z.ZodMiniObject>(resource: Name, query: Query) =>
  z.strictObject({
    resource: z.literal(resource),
    format,
    filters: z.optional(
      filtersOf(query).check(z.describe(`The filters of the list; without, all that you may read`)),
    ),
  });

/** Interactions are listed client by client; here all of them, or one client's. */
const InteractionQuery = z.strictObject({
  ...listQuery,
  client_id: z.optional(id.check(z.describe("One client's, with those merged into it"))),
});

/** What asking for an export takes; not beside the record, which functions bundle that take no filters. */
export const NewExport = z.discriminatedUnion("resource", [
  of("property", PropertyQuery),
  of("client", ClientQuery),
  of("interaction", InteractionQuery),
  of("task", TaskQuery),
  of("audit_event", AuditQuery),
]);
