import * as z from "zod/mini";
import { actions, resources, scopes } from "./access.ts";
import { id } from "./schemas.ts";
import { User } from "./user.ts";

/** The signed-in user, with what they may do and why. */
export const Me = z.extend(User, {
  permissions: z.array(
    z.object({
      resource: z.enum(resources),
      action: z.enum(actions),
      scope: z.enum(scopes),
      from: z.string().check(
        z.meta({
          description: "The role that gives it: the built-in one of `role`, or one of `roles` by its name",
          examples: ["agent"],
        }),
      ),
    }),
  ),
  roles: z
    .array(z.object({ id, name: z.string() }))
    .check(z.describe("The roles that the user has beside the built-in one")),
  teams: z.array(z.object({ id, name: z.string(), is_lead: z.boolean() })),
});
