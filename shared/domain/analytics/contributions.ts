import { createHash } from "node:crypto";
import { folded } from "../words.ts";
import type { About, MetricType, StoredEvent } from "./event.ts";
import { emptyTally, rounded, type Seen, type Tally } from "./tally.ts";
import type { Contribution, Subject, ViewName } from "./views.ts";

/**
 * What an event adds to the numbers: to which subjects of which views, under which names. It depends on nothing but the
 * event, so the same events always make the same numbers. Most kinds of events add 1; a contact is counted by what it
 * was, a first response by its minutes, a closing with its price, a move by "from>to".
 */
export function contributionsOf(event: StoredEvent): Contribution[] {
  return [
    ...to("listing-performance", listingSubjects(event.about), listingAdds(event)),
    ...to("agent-performance", agentSubjects(event.about), agentAdds(event)),
    ...to("pipeline", agentSubjects(event.about), pipelineAdds(event)),
    ...to("lead-conversion", leadSubjects(event.about), leadAdds(event)),
    ...bandAdds(event),
    ...to("office", ["office"], officeAdds(event)),
  ];
}

const to = (view: ViewName, subjects: readonly Subject[], adds: Tally | undefined): Contribution[] =>
  adds === undefined ? [] : subjects.map((subject) => ({ view, subject, adds: adaptedTo(subject, adds) }));

/** Which listings were seen matters only among similar ones: elsewhere it is one, or the office's own. */
function adaptedTo(subject: Subject, adds: Tally): Tally {
  const { listings, ...seen } = adds.seen;
  return listings === undefined || subject.startsWith("similar:") ? adds : { ...adds, seen };
}

const count = (...names: readonly string[]): Tally => ({
  ...emptyTally,
  counts: Object.fromEntries(names.map((name) => [name, 1])),
});

/** What is told of a listing counts only with the listing: one that the sender may not read counts for nothing. */
const ofListings: Partial<Record<MetricType, string>> = {
  detailed_view: "views",
  favorited: "favorites",
  share: "shares",
  submission_of_lead_form: "enquiries",
  price_changed: "price_changes",
};

function listingAdds({ metric_type, about }: StoredEvent): Tally | undefined {
  const name = ofListings[metric_type];
  if (name === undefined || about.property_id === undefined) return undefined;
  const seen: Record<string, Seen> = { listings: { marks: [markOf(about.property_id)] } };
  if (name === "views" && about.visitor !== undefined) seen.visitors = { marks: [about.visitor] };
  return { ...count(name), seen };
}

/** 8 characters that stand for an id. */
const markOf = (id: string): string => createHash("sha256").update(id).digest("base64url").slice(0, 8);

const contacts: Readonly<Record<string, string>> = { email: "emails", call: "calls", meeting: "meetings" };

function agentAdds({ metric_type, value }: StoredEvent): Tally | undefined {
  switch (metric_type) {
    case "lead_received":
      return count("leads");
    case "first_response":
      return { ...count("responded"), samples: { response_minutes: { [rounded(Number(value))]: 1 } } };
    case "contact":
      return count("contacts", ...(contacts[value] === undefined ? [] : [contacts[value]]));
    case "appointment":
      return count("appointments");
    case "listed":
      return count("listed");
    case "closed":
      return closing(value);
  }
  return undefined;
}

const closing = (price: StoredEvent["value"]): Tally => ({
  ...emptyTally,
  counts: { closings: 1, volume: Math.round(Number(price)) || 0 },
});

function pipelineAdds({ metric_type, value }: StoredEvent): Tally | undefined {
  if (metric_type !== "client_status_changed") return undefined;
  const [from, status] = String(value).split(">");
  // A new client comes from no status.
  return count(from ? `from_${from}` : "added", `to_${status}`);
}

function leadAdds({ metric_type, value, about }: StoredEvent): Tally | undefined {
  if (!about.is_lead) return undefined;
  switch (metric_type) {
    case "lead_received":
      return count("leads");
    case "first_response":
      return count("responded");
    case "appointment":
      return count("met");
    case "client_status_changed":
      return String(value).endsWith(">hot") ? count("became_hot") : undefined;
  }
  return undefined;
}

/**
 * The same by score band, which says whether the score is right: leads of a band are those who reached it, by their arrival
 * or a move; of what followed each counts in the band that they had then.
 */
function bandAdds(event: StoredEvent): Contribution[] {
  const { metric_type, value, about } = event;
  const inBand = (band: Band, adds: Tally | undefined) => to("lead-conversion", [`band:${band}`], adds);
  if (!about.is_lead || about.lead_score === undefined) return [];
  if (metric_type !== "client_status_changed") return inBand(bandOf(about.lead_score), leadAdds(event));
  const [from, status] = String(value).split(">");
  // A new lead has arrived, which is another event.
  if (!from || bandOfStatus(from) === bandOfStatus(status)) return [];
  return [...inBand(bandOfStatus(status), count("leads")), ...inBand(bandOfStatus(from), leadAdds(event))];
}

type Band = "hot" | "warm" | "cold";
const bandOfStatus = (status = ""): Band => (status === "hot" || status === "warm" ? status : "cold");

const ofOffice: Partial<Record<MetricType, string>> = {
  lead_received: "leads",
  contact: "contacts",
  appointment: "appointments",
  listed: "listed",
  analysis_completed: "analyses",
  report_viewed: "reports_viewed",
  assistant_used: "assistant_uses",
};

function officeAdds({ metric_type, value, about }: StoredEvent): Tally | undefined {
  if (metric_type === "closed") return closing(value);
  const ofListing = ofListings[metric_type];
  if (ofListing === "views" || ofListing === "enquiries")
    return about.property_id === undefined ? undefined : count(ofListing);
  const name = ofOffice[metric_type];
  return name === undefined ? undefined : count(name);
}

function listingSubjects({ property_id, user_id, property_type, city }: About): Subject[] {
  return [
    "office",
    ...(property_id === undefined ? [] : [`property:${property_id}` as const]),
    ...(user_id === undefined ? [] : [`user:${user_id}` as const]),
    ...(property_type === undefined || city === undefined ? [] : [similarTo(property_type, city)]),
  ];
}

/** Listings of a type in a city, however the city is spelled. */
export const similarTo = (property_type: string, city: string): Subject =>
  `similar:${property_type}/${folded(city).trim()}`;

const agentSubjects = ({ user_id, team_id }: About): Subject[] => [
  "office",
  ...(user_id === undefined ? [] : [`user:${user_id}` as const]),
  ...(team_id === undefined ? [] : [`team:${team_id}` as const]),
];

function leadSubjects({ source, user_id }: About): Subject[] {
  return [
    "office",
    ...(source === undefined ? [] : [`source:${source}` as const]),
    ...(user_id === undefined ? [] : [`user:${user_id}` as const]),
  ];
}

/** The band of a lead's score. */
const bandOf = (score: number): Band => (score >= 80 ? "hot" : score >= 40 ? "warm" : "cold");
