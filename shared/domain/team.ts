import * as z from "zod/mini";
import { type RecordOf, recordType } from "./record-type.ts";
import { id, recordFields, text } from "./schemas.ts";

/** How many members a team may have, and of how many teams a user may be a member. */
export const maxMembers = 200;
export const maxTeams = 5;

const name = text(100).check(z.meta({ examples: ["Ballard"] }));

/** A team without its members: what lists show. */
export const TeamSummary = z.object({ ...recordFields, name });

const TeamMember = z.object({
  user_id: id,
  is_lead: z.boolean().check(z.describe("A lead reads the team's numbers")),
});

/** Users who work together: a permission of scope `team` reaches the records of their teams. */
export const Team = z.extend(TeamSummary, { members: z.array(TeamMember) });
export type Team = z.output<typeof Team>;

export const NewTeam = z.strictObject({ name });
export const TeamPatch = z.strictObject({ name: z.optional(name) });
/** What making a user a member takes. */
export const NewMember = z.strictObject({ is_lead: z.optional(z.boolean()) });

/** Teams in the table; each member's user names the team, too. */
export const teamRecord = recordType({
  name: "team",
  schema: 1,
  guard: "team",
  fields: Team,
  listed: TeamSummary,
  lists: ["brokerage"],
  hoursDeleted: 24,
});
export type StoredTeam = RecordOf<typeof teamRecord>;
