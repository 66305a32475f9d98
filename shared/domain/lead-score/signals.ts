/** A client's actions that count, and what each is worth on the day it happens. */
interface Signal {
  readonly points: number;
  /** What the same is worth more on a later day: of one listing, where it is about one. */
  readonly again?: { readonly points: number; readonly reason: string };
  /** Whether the client did it: it ends what a person set. A call or an email of ours does not. */
  readonly isTheirs: boolean;
  /** Why there are points, and what would bring them. */
  readonly reason: string;
  readonly action: string;
}

export const signals = {
  enquiry: {
    ...{ points: 20, isTheirs: true },
    ...{ reason: "Sent an enquiry", action: "They send an enquiry about a listing" },
  },
  meeting: {
    ...{ points: 25, isTheirs: true, again: { points: 10, reason: "Met again" } },
    ...{ reason: "Met", action: "Meet them" },
  },
  favorite: {
    ...{ points: 10, isTheirs: true },
    ...{ reason: "Marked a listing as a favorite", action: "They mark a listing as a favorite" },
  },
  possibility: {
    ...{ points: 5, isTheirs: true },
    ...{ reason: "Noted a listing as a possibility", action: "They note a listing as a possibility" },
  },
  view: {
    ...{ points: 5, isTheirs: true, again: { points: 5, reason: "Looked at the same listing again" } },
    ...{ reason: "Looked at a listing", action: "They look at a listing" },
  },
  call: {
    ...{ points: 5, isTheirs: false },
    ...{ reason: "Spoke on the phone", action: "Speak with them on the phone" },
  },
  email: {
    ...{ points: 4, isTheirs: false },
    ...{ reason: "Exchanged an email", action: "Exchange an email with them" },
  },
} as const satisfies Readonly<Record<string, Signal>>;

export type Kind = keyof typeof signals;
export const kinds = Object.keys(signals) as Kind[];
export const signalOf = (kind: Kind): Signal => signals[kind];

/** Of one kind so many points count a day, or one action where that is worth more. */
const mostOfADay = 20;

/** How many actions of a kind count a day (UTC). */
export const countedOfADay = (kind: Kind): number =>
  Math.max(1, Math.floor(mostOfADay / signals[kind].points));

/** Points for what is known of a client, as long as it is known. */
export const fit = {
  has_email: { points: 5, reason: "Has an email", action: "Learn their email" },
  has_phone: { points: 5, reason: "Has a phone", action: "Learn their phone" },
  may_be_contacted: { points: 5, reason: "Consents to be contacted", action: "Ask for their consent" },
  asked_for_a_listing: { points: 10, reason: "Asked for a listing of the brokerage" },
  price_range_known: { points: 5, reason: "Asked for several listings: their price range is known" },
} as const;

/** Actions that say what a client looks for, where they are about a listing. */
export const saysNeed: readonly Kind[] = ["enquiry", "favorite", "possibility"];

/** After so many days an action is worth half. */
export const halfLifeDays = 30;

/** What is worth less counts for nothing. */
export const leastPoints = 0.5;

/** From which score on a client is hot or warm, and below which they are no more. */
export const bands = {
  hot: { enters: 80, leaves: 70 },
  warm: { enters: 40, leaves: 32 },
} as const;

/** A score that goes down keeps its band for so many days at most. */
export const keepsBandDays = halfLifeDays;

/** Another one whenever points, bands or features change. */
export const modelVersion = 1;
