/**
 * The single table: its key, its indexes and what stands in it. CDK, the local cloud and the tests read this.
 *
 *   item                         pk                                sk                       found by
 *   Brokerage                    <bid>#brokerage                   record                   key
 *   Policy (compiled roles)      <bid>#brokerage                   policy                   key, every request
 *   User                         <bid>#user#<id>                   record                   newest
 *   UserSession                  <bid>#user#<user id>              session#<id>             key, prefix
 *   Idempotent answer            <bid>#user#<user id>              answer#<operation>#<key> key, beside the session
 *   Property                     <bid>#property#<id>               record                   newest, updated, status_*, place, sales
 *   Property history             <bid>#property#<id>               history#<version>        prefix
 *   Media                        <bid>#media#<id>                  record                   parent
 *   MarketAnalysis               <bid>#cma#<id>                    record                   parent
 *   MarketAnalysis: its result   <bid>#cma#<id>                    analysis                 key, beside the record
 *   MarketAnalysis: share link   <bid>#cma#<id>                    link#<id>                key, prefix
 *   Market (fit of a region)     <bid>#market#<area>-<kind>-<currency> record                   newest
 *   Task                         <bid>#task#<id>                   record                   newest, owner
 *   Import                       <bid>#import#<id>                 record                   newest
 *   Import: value before         <bid>#import#<id>                 before#<property id>     key
 *
 * A record addressed by its own id has its own partition; what is only reached through its record stands beside
 * it. Every key starts with the brokerage, so no query can cross. The closed list of exceptions, all of them
 * lookups that a caller makes before a brokerage is known:
 *
 *   email  -> brokerage, user     email#<email>                    lookup, and guesses#<window> beside it
 *   guesses from an address       address#<ip>                     guesses#<window>
 *   slug   -> brokerage           slug#<slug>                      lookup; listed by `newest` as the directory of
 *                                                                  brokerages for schedules and migrations
 *   public signing keys           deployment                       jwks
 */

/** The table's own key: partition and sort attribute, both strings. */
export const tableKey = { partition: "pk", sort: "sk" } as const;

/** The attribute (epoch seconds) by which DynamoDB removes an item. */
export const ttlAttribute = "ttl";

type AttributeType = "S" | "N";

/** An index over ordinary attributes: equality on every partition attribute, sorted by the sort attributes in order. */
export interface Index {
  readonly partition: Readonly<Record<string, AttributeType>>;
  readonly sort: Readonly<Record<string, AttributeType>>;
  readonly include: readonly string[];
}

const ofEntity = { brokerage_id: "S", entity: "S" } as const;
const byAge = { created_at: "S", id: "S" } as const;

/** Every secondary index. An item that lacks one of the attributes is not in the index. */
export const indexes = {
  /** Records of a kind, by creation. */
  newest: { partition: ofEntity, sort: byAge, include: ["summary"] },
  /** Records of a kind, by last change: `updated_since`. */
  updated: { partition: ofEntity, sort: { updated_at: "S", id: "S" }, include: ["summary"] },
  /** Records of a kind in a status, by creation. */
  status_newest: { partition: { ...ofEntity, status: "S" }, sort: byAge, include: ["summary"] },
  /** Records of a kind in a status, by price. */
  status_price: {
    partition: { ...ofEntity, status: "S" },
    sort: { price: "N", id: "S" },
    include: ["summary"],
  },
  /** Records of a kind in a status, by bedrooms. */
  status_bedrooms: {
    partition: { ...ofEntity, status: "S" },
    sort: { bedrooms: "N", id: "S" },
    include: ["summary"],
  },
  /** An owner's records of a kind, by creation. */
  owner: { partition: { ...ofEntity, owner_user_id: "S" }, sort: byAge, include: ["summary"] },
  /** What belongs to a property (its media, its analyses), by creation. */
  parent: { partition: { ...ofEntity, property_id: "S" }, sort: byAge, include: ["summary"] },
  /** Properties by place: `area` is a geohash of 3, `market` on or off it, `geohash` of 8 narrows by prefix. */
  place: {
    partition: { ...ofEntity, area: "S" },
    sort: { market: "S", geohash: "S", id: "S" },
    include: ["summary", "facts"],
  },
  /** Closed sales by place (`sale_cell`, a geohash of 5) and close date: the candidates of a market analysis. */
  sales: {
    partition: { brokerage_id: "S", sale_cell: "S" },
    sort: { close_date: "S", id: "S" },
    include: ["summary", "facts"],
  },
} as const satisfies Record<string, Index>;

export type IndexName = keyof typeof indexes;
