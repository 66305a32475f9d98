import * as z from "zod/mini";
import { type Home, kindOf } from "./cma/sale.ts";
import { geohash } from "./geo.ts";
import { abandonedAfter, internalFields, type Lease, type RecordOf, recordType } from "./record-type.ts";
import { recordFields, timestamp } from "./schemas.ts";

const Market = z.object({
  ...recordFields,
  /** Geohash of 3: some 150 km. */
  area: z.string(),
  /** As `kindOf` names it: homes, land and commercial property are markets of their own. */
  kind: z.string(),
  currency: z.string(),
  status: z.enum(["known", "queued", "processing", "fitted", "failed"]),
  fitted_at: z.nullable(timestamp),
});

/** The sales of one kind and currency in one area of a brokerage, and what was fitted from them. */
export const marketRecord = recordType({
  name: "market",
  schema: 1,
  guard: "cma",
  fields: Market,
  listed: Market,
  internal: internalFields<{
    /** The `Market` of the engine, packed; absent until it is fitted, and while it has no sales. */
    readonly fit?: Uint8Array | undefined;
    readonly lease?: Lease | null;
  }>(),
  lists: ["brokerage"],
  job: {
    startsOn: ["queued"],
    deadlines: { queued: abandonedAfter, processing: abandonedAfter },
    claimed: () => ({ status: "processing" }) as const,
    // Its older fit stays until the next one.
    failed: () => ({ status: "failed" }) as const,
  },
});
export type StoredMarket = RecordOf<typeof marketRecord>;

/** A market's own id: a brokerage has one for each area, kind and currency. */
export const marketId = (home: Pick<Home, "lat" | "lon" | "property_type">, currency: string): string =>
  `${geohash(home, 3)}-${kindOf(home)}-${currency}`;
