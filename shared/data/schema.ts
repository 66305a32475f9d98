/**
 * The single table: its key, its indexes and its items. CDK, the local cloud and the tests read this. Items marked +
 * are planned: their keys and lists are decided, so that they need no further index.
 *
 *   item                         pk                            sk                       found by
 *   Brokerage                    <bid>#brokerage#<bid>         record                   key
 *   Policy (+ custom roles)      <bid>#brokerage#<bid>         policy                   key, every request
 *   Count of active admins       <bid>#brokerage#<bid>         count#admins             key
 *   User                         <bid>#user#<id>               record                   kind_at, kind_changed
 *   UserSession                  <bid>#user#<user id>          session#<id>             key, prefix
 *   API key (+ its use)          <bid>#api_key#<id>            record                   kind_at, audience_at; key, every request
 *   Idempotent answer            the user's, or the API key's  answer#<operation>#<key> key, beside the session
 *   Property                     <bid>#property#<id>           record                   kind_*, state_*, audience_at, place, sale
 *   Property history             <bid>#property#<id>           history#<version>        prefix
 *   Property: how many media     <bid>#property#<id>           media-count              key
 *   Media                        <bid>#media#<id>              record                   of_property, due
 *   Picture (photo, logo)        <bid>#picture#<id>            record                   key, due
 *   MarketAnalysis               <bid>#cma#<id>                record                   of_property, audience_at, due
 *   MarketAnalysis: its result   <bid>#cma#<id>                analysis                 key, beside the record
 *   MarketAnalysis: share link   <bid>#cma#<id>                link#<id>                key, prefix
 *   Market (fit of a region)     <bid>#market#<area>-<kind>-<currency>  record          kind_at, due
 *   Task                         <bid>#task#<id>               record                   kind_*, state_*, audience_at, desk_*, of_*
 *   Task: its reminder           <bid>#task#<id>               reminder                 key; due
 *   Tasks that became due        <bid>#user#<owner>            tasks-due#<id>           nothing: the stream mails them
 *   Import                       <bid>#import#<id>             record                   kind_at, audience_at, due
 *   Import: value before         <bid>#import#<id>             before#<property id>     key
 *   Import: client of a row      <bid>#import#<id>             row#<row>                key
 *   Client: value before import  <bid>#client#<id>             before#<import id>       key, prefix
 *   A record's audience          the record's                  for#<audience>           audience_at, desk_*
 *   Limit: used in a day         <bid>#used#<user id, or all>  <limit>#<end of day>     key
 *   Export                       <bid>#export#<id>             record                   kind_at, audience_at, due
 *   Hand-over                    <bid>#hand_over#<id>          record                   kind_at, due
 *   Hand-over: its records       <bid>#hand_over#<id>          batch#<number>           key
 *   Role, Team (+ its members)   <bid>#role#<id> ...           record                   kind_at
 *   Lead routing                 <bid>#lead_routing#<bid>      record                   key, kind_at
 *   Lead routing: last turns     <bid>#lead_routing#<bid>      turn#<team>#<users>      key
 *   Role: how many users         <bid>#role#<id>               user-count               key
 *   Value held in a brokerage    <bid>#<kind>#<field>#<value>  lookup                   key
 *   Log entry (audit, changes)   <bid>#log#<sequence / 10000>  <sequence>               key range; actor
 *   Log: head, days, checkpoints <bid>#log                     head, day#<day>, checkpoint#<sequence>  key, prefix
 *   Log: mark of a logged change <bid>#<entity>#<id>           log#<version>#<operation id>            key range; gives the sequence
 *   Log: mark of another event   <bid>#<entity>#<id>           log#0#<operation id>#<its item's sk>    key range; gives the sequence
 *   Client                       <bid>#client#<id>             record                   kind_*, state_*, audience_at, desk_*
 *   Custom fields of clients     <bid>#custom_fields#<bid>      record                   key; kind_at
 *   Client: its open lead        <bid>#client#<id>             lead                     key, due; audience_at until closed
 *   Client: ledger of their score <bid>#client#<id>            ledger                   key, due
 *   Client: what the score was   <bid>#client#<id>             score#<version>          prefix
 *   Enquiry, until it is taken   <bid>#enquiry#<id>            enquiry                  key
 *   Interaction                  <bid>#interaction#<id>        record                   of_client
 *   Interest in a property       <bid>#client#<id>             interest#<property id>   prefix; of_property
 *   Merge of clients             <bid>#merge#<id>              record                   kind_at
 *   Erasure of a client          <bid>#erasure#<client id>     record                   kind_at, due
 *   Erasure: records found       <bid>#erasure#<client id>     batch#<number>           key
 *   AIRequest                    <bid>#ai_request#<id>         record                   kind_at, audience_at, of_client, due
 *   AIRequest: calls of models   <bid>#ai_request#<id>         work                     key, beside the record
 *   Proposal                     <bid>#proposal#<id>           record                   key, named by its request; kind_at, of_client
 *   AI budget: spent in a month  <bid>#ai-budget#<user id, or all>  <month>             key
 *   AI use of a day              <bid>#ai-usage#<user id, or all>   <day>#<by whom>#<source>  key range
 *   AnalyticsEvent               <bid>#event#<UTC day>#<0..3>  event#<id>               partition; kind_at by arrival
 *   View: a subject's day        <bid>#view#<view>#<subject>   <day>                    key range
 *   View: the same by dimension  <bid>#view#<view>#<dimension> <day>#<value>            key range
 *   View: whom or what was seen  <bid>#seen#<view>#<subject>   <day>                    key range
 *   Views: how far folded        <bid>#view                    folded                   key
 *   Views: the last stock taken  <bid>#view                    stock                    key, due
 *   Views: the market's subjects <bid>#view                    market                   key
 *   Search word                  <bid>#word#<kind>#<2 letters> word#<word>#<id>         prefix; again under <audience>
 *   Search words before          the record's                  ended-words#<version>    prefix
 *
 * A record addressed by its own id has its own partition; what is only reached through its record stands beside it.
 * Every key starts with the brokerage, so no query can cross. The closed list of exceptions, all of them lookups that a
 * caller makes before a brokerage is known, and the lists of what is due, which only schedules read:
 *
 *   email  -> brokerage, user    email#<email>                 lookup; beside it guesses#<window>, guesses-of-new#<window>,
 *                                                              wrong#<mark of an address>, reset#<window>, mails#<day>,
 *                                                              work-mails#<day>,
 *                                                              and failed#<operation id> for the log
 *   slug   -> brokerage          slug#<slug>                   lookup; listed by kind_at as the directory of brokerages
 *                                                              for schedules and migrations
 *   guesses from an address      address#<ip>                  guesses#<window>; resets#<window>
 *   migration state              migration#<name>              part#<bid>, part#brokerages, part#deleted: how far each is
 *   public signing keys          deployment                    jwks, checkpoint-keys
 *   deadlines and other dates    any record's                  due
 *
 * A record's item carries its fields once: those that lists show in `listed`, the others in `detail`. Attributes of
 * indexes repeat what they are made of and are set only where the record's type declares them.
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

const ofKind = { brokerage_id: "S", kind: "S" } as const;
const inState = { ...ofKind, state: "S" } as const;
const byAge = { at: "S", id: "S" } as const;
const byChange = { changed_at: "S", id: "S" } as const;
const byRank = { rank: "N", id: "S" } as const;
/** What an entry of a list shows, and what decides who may see it. */
const shown = ["listed", "version", "created_at", "updated_at"] as const;
const decided = [...shown, "shares"] as const;

/**
 * Every secondary index: 14 of the 20 that a table may have, for all that Gable is to list. An item that lacks one of
 * the attributes is not in the index. CloudFormation makes one index in an update of a table.
 */
export const indexes = {
  /** A brokerage's records of a kind, by creation. */
  kind_at: { partition: ofKind, sort: byAge, include: decided },
  /** By last change: `updated_since`. */
  kind_changed: { partition: ofKind, sort: byChange, include: decided },
  /** In a state, by creation. */
  state_at: { partition: inState, sort: byAge, include: shown },
  /** In a state, by rank: price, score, due date. */
  state_rank: { partition: inState, sort: byRank, include: shown },
  /** In a state, by bedrooms. */
  state_bedrooms: { partition: inState, sort: { bedrooms: "N", id: "S" }, include: shown },
  /** What an audience may read (`<kind> owner:<user>`, `<kind> team:<team>`, what was shared), by creation. */
  audience_at: {
    partition: { brokerage_id: "S", audience: "S" },
    sort: byAge,
    include: [...shown, "until", "changed_at", "rank", "bedrooms"],
  },
  /** The same by last change and, in a state, by rank, for work lists (clients and tasks): `desk` is an audience. */
  desk_changed: {
    partition: { brokerage_id: "S", desk: "S" },
    sort: byChange,
    include: [...shown, "until"],
  },
  desk_rank: {
    partition: { brokerage_id: "S", desk: "S", state: "S" },
    sort: byRank,
    include: [...shown, "until"],
  },
  /** Properties by place: `area` is a geohash of 3, `market` on or off it, `geohash` of 8 narrows by prefix. */
  place: {
    partition: { brokerage_id: "S", area: "S" },
    sort: { market: "S", geohash: "S", id: "S" },
    include: [...decided, "facts"],
  },
  /** Closed sales by place (`sale_cell`, a geohash of 5) and close date: the candidates of a market analysis. */
  sale: {
    partition: { brokerage_id: "S", sale_cell: "S" },
    sort: { close_date: "S", id: "S" },
    include: ["listed", "facts"],
  },
  /** What belongs to a property, by kind and age: media, analyses, tasks, interests. */
  of_property: {
    partition: { brokerage_id: "S", property_id: "S", child: "S" },
    sort: byAge,
    include: [...decided, "rank"],
  },
  /** What belongs to a client: interactions, tasks, interests. */
  of_client: {
    partition: { brokerage_id: "S", client_id: "S", child: "S" },
    sort: byAge,
    include: [...decided, "rank"],
  },
  /** What is to be done at a moment, over all brokerages: jobs and shares that end, what is to be purged. */
  due: { partition: { due_list: "S" }, sort: { due_at: "S", id: "S" }, include: ["entity", "brokerage_id"] },
  /** The log's entries by who did it. */
  actor: { partition: { brokerage_id: "S", actor: "S" }, sort: byAge, include: ["listed", "sequence"] },
} as const satisfies Record<string, Index>;

export type IndexName = keyof typeof indexes;

/** The version of the stored shape of each item that is no record; a record's stands in its type. */
export const schemas = {
  policy: 2,
  session: 1,
  answer: 1,
  analysis: 1,
  link: 1,
  history: 1,
  before: 1,
  clientBefore: 1,
  importRow: 1,
  handOverBatch: 1,
  erasureBatch: 1,
  guesses: 1,
  wrong: 1,
  reset: 1,
  mails: 1,
  used: 1,
  failed: 1,
  logEntry: 1,
  logHead: 1,
  logDay: 1,
  logMark: 1,
  checkpoint: 1,
  reminder: 1,
  tasksDue: 1,
  mediaCount: 1,
  interest: 1,
  userCount: 1,
  jwks: 1,
  migration: 1,
  count: 1,
  turn: 1,
  enquiry: 1,
  lead: 1,
  leadPhone: 1,
  ledger: 1,
  pastScore: 1,
  searchWord: 1,
  endedWords: 1,
  aiWork: 1,
  aiBudget: 1,
  aiUsage: 1,
  event: 1,
  bucket: 1,
  seen: 1,
  folded: 1,
  stock: 1,
  marketSubjects: 1,
} as const;

export type ItemName = keyof typeof schemas;

/** An item that is no record, with the version of its shape. */
export const withSchemaVersion = <T extends object>(name: ItemName, item: T) => ({
  ...item,
  schema: schemas[name],
});
