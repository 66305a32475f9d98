import type { Operation } from "../../shared/entry/definition.ts";
import { type Budget, defaultBudget } from "./default-budget.ts";

const budget = (actions: string, reads: number, writes: number): Budget => ({
  actions: actions.split(" ").filter(Boolean),
  reads,
  writes,
});

/**
 * What one successful call may ask of the table, of each operation that does more or other than its declaration says
 * (`defaultBudget`). `actions` beside the session's BatchGetItem; `reads` and `writes` in units, the session's three
 * reads left out.
 */
export const budgets: Readonly<Record<string, Budget>> = {
  getHealth: budget("GetItem", 1, 0),
  getOpenapi: budget("", 0, 0),
  getDocs: budget("", 0, 0),
  getJwks: budget("GetItem", 1, 0),
  createBrokerage: budget("TransactWriteItems", 0, 16),
  // The slug and the email, before a password is hashed in vain.
  registerClient: budget("BatchGetItem TransactWriteItems", 1, 8),
  // The account's lookup, what it knows of the address, and the user; the counters that stop guessing: spent before the
  // hash, given back after it.
  login: budget("BatchGetItem GetItem TransactWriteItems UpdateItem UpdateItem UpdateItem UpdateItem", 3, 6),
  refreshSession: budget("BatchGetItem UpdateItem", 2, 1),
  logout: budget("UpdateItem", 0, 1),
  changePassword: budget("TransactWriteItems UpdateItem UpdateItem UpdateItem UpdateItem", 0, 14),
  // A session's item is larger than what lists show of a record.
  listSessions: budget("Query", 3, 0),
  deleteSession: budget("GetItem UpdateItem", 1, 1),
  // The media, and how many the property has of them.
  createMedia: budget("GetItem TransactWriteItems", 1, 12),
  deleteMedia: budget("GetItem GetItem TransactWriteItems", 2, 10),
  // A property shows with whom it is shared.
  listPropertyShares: budget("GetItem", 1, 0),
  // The record, and whom it is shared with; the record is written with all its indexes.
  putPropertyShare: budget("GetItem GetItem PutItem", 2, 10),
  putCmaShare: budget("GetItem GetItem PutItem", 2, 9),
  putTaskShare: budget("GetItem GetItem PutItem", 2, 11),
  // One Query reads all roles: a brokerage makes few.
  listRoles: budget("Query", 1, 0),
  createRole: budget("Query TransactWriteItems", 1, 12),
  updateRole: budget("GetItem TransactWriteItems", 1, 14),
  deleteRole: budget("GetItem TransactWriteItems", 1, 14),
  // The role, and the policy that every request reads.
  putRolePermissions: budget("GetItem TransactWriteItems", 1, 12),
  // The team and the user, who names it, in one transaction.
  putTeamMember: budget("GetItem GetItem TransactWriteItems", 2, 12),
  deleteTeamMember: budget("GetItem GetItem TransactWriteItems", 2, 12),
  // The record and its analysis, some 25 KB of it, in one request.
  getCma: budget("BatchGetItem", 8, 0),
  // The same, and the brokerage, the property and its pictures, for the page's head.
  getCmaReport: budget("BatchGetItem GetItem GetItem GetItem Query", 7, 0),
  // The revised analysis with what it was computed from says which sales and lines there are.
  reviseCma: budget("BatchGetItem PutItem", 8, 7),
  // What the report says is read and kept; record and summary in five indexes are written, the analysis is only answered.
  approveCma: budget("GetItem GetItem GetItem GetItem Query BatchGetItem PutItem", 9, 8),
  // The property and the agent: a link that could not open is not made.
  createCmaLink: budget("GetItem BatchGetItem PutItem", 3, 1),
  deleteCmaLink: budget("GetItem UpdateItem", 1, 1),
  // The key, the link and the analysis with what was approved; whether home and agent still stand; pictures and view.
  getSharedReport: budget("GetItem GetItem BatchGetItem BatchGetItem Query UpdateItem", 11, 1),
  // The import and its task, each in its indexes; a transaction writes everything twice.
  createImport: budget("TransactWriteItems", 0, 22),
  undoImport: budget("GetItem PutItem", 1, 8),
  // A hundred entries of some 800 bytes, strongly consistent: a page must have no gap.
  listChanges: budget("Query", 20, 0),
  // The head says where the log ends.
  listAuditEvents: budget("GetItem Query", 8, 0),
  // The public keys.
  listAuditCheckpoints: budget("GetItem Query", 2, 0),
};

/** The budget of an operation; throws where neither a line nor its declaration says it. */
export function budgetOf(operation: Operation): Budget {
  const found = budgets[operation.id] ?? defaultBudget(operation);
  if (!found) throw new Error(`${operation.id} needs a line in test/bench/budgets.ts`);
  return found;
}
