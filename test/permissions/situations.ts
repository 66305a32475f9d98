import type { Guarded } from "../../shared/domain/access.ts";
import type { Asker, Subject } from "./oracle.ts";
import type { OwnedKind } from "./rows.ts";

/** The people and teams whom situations are about, beside the caller. */
export interface Others {
  /** A colleague in no team, to whom nothing is shared. */
  readonly colleague: string;
  /** Another one, who owns nothing: with whom records are shared. */
  readonly grantee: string;
  /** A team that the callers are in, and one that they are not in. */
  readonly team: string;
  readonly otherTeam: string;
}

type Belongs = (asker: Asker, others: Others) => Guarded;
const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString();
const sharedWith =
  (grantee: (asker: Asker, others: Others) => string, access: "read" | "write", until?: string): Belongs =>
  (asker, others) => ({
    owner_user_id: others.colleague,
    shares: { [grantee(asker, others)]: { access, ...(until && { until }) } },
  });
const me = ({ id }: Asker) => `user:${id}`;
const us = (_: Asker, { team }: Others) => `team:${team}`;

/** How a record may stand to its caller. */
export const situations = {
  own: ({ id }) => ({ owner_user_id: id }),
  "a colleague's": (_, { colleague }) => ({ owner_user_id: colleague }),
  "a colleague's, on the market": (_, { colleague }) => ({ owner_user_id: colleague, status: "active" }),
  "the team's": (_, { colleague, team }) => ({ owner_user_id: colleague, team_id: team }),
  "another team's": (_, { colleague, otherTeam }) => ({ owner_user_id: colleague, team_id: otherTeam }),
  "shared for reading": sharedWith(me, "read"),
  "shared for changing": sharedWith(me, "write", hours(1)),
  "shared with the team for reading": sharedWith(us, "read", hours(1)),
  "shared with the team for changing": sharedWith(us, "write"),
  "shared until an hour ago": sharedWith(me, "write", hours(-1)),
} as const satisfies Record<string, Belongs>;
export type Situation = keyof typeof situations;

/** Where there is no record for the caller, whatever their role; all but the last are the caller's own otherwise. */
export const nowhere = ["another brokerage's", "deleted", "absent"] as const;
export type Nowhere = (typeof nowhere)[number];

/** What is neither shared nor a team's. */
const ownedOnly: readonly OwnedKind[] = ["import", "export", "ai_request", "proposal"];

/** The situations that a kind of record can be in: listings are on the market, and what a person asked for is theirs. */
export const situationsOf = (kind: OwnedKind): Situation[] =>
  ownedOnly.includes(kind)
    ? ["own", "a colleague's"]
    : (Object.keys(situations) as Situation[]).filter(
        (one) => one !== "a colleague's, on the market" || kind === "property" || kind === "media",
      );

/** The record in a situation, as decisions see it. */
export function subjectIn(situation: Situation, kind: OwnedKind, asker: Asker, others: Others): Subject {
  const onMarket = kind === "property" || kind === "media" ? { status: "rented" } : {};
  return { id: "it", ...onMarket, ...situations[situation](asker, others) };
}
