import * as z from "zod/mini";
import { id } from "./schemas.ts";

const team = z
  .nullable(id)
  .check(
    z.describe(
      "A team of the owner, of when it was set: who may reach the records of that team may reach this one",
    ),
  );

/** What every record that has an owner shows of that. */
export const ownerFields = { owner_user_id: id, team_id: team };

/** The team in a body; unless said, the only team of the owner, else none. */
export const assignedTeam = team.check(
  z.describe("A team of the owner; default: their only team, null for a user of none or several"),
);

/** Whose a record is. */
export interface Owned {
  readonly owner_user_id: string;
  readonly team_id: string | null;
}

/** The team of an owner's records where nobody says which: their only one. */
export const onlyTeam = (teamIds: readonly string[]): string | null =>
  teamIds.length === 1 ? teamIds[0]! : null;
