import { loadRole } from "../data/roles.ts";
import { roleRecord } from "../domain/role.ts";
import { recordAt } from "./path-record.ts";

/** The role of the path, a built-in one included. */
export const roleAt = recordAt(roleRecord, "role_id", loadRole);
