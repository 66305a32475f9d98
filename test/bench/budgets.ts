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
  // The brokerage and its slug, the admin, the email and the count of admins, and the policy.
  createBrokerage: budget("TransactWriteItems", 0, 18),
  // The picture that was announced and is not shown goes as the next one comes.
  putBrokerageLogo: budget("GetItem GetItem TransactWriteItems", 2, 16),
  deleteBrokerageLogo: budget("GetItem GetItem TransactWriteItems", 2, 10),
  putMyPhoto: budget("GetItem GetItem TransactWriteItems", 2, 22),
  deleteMyPhoto: budget("GetItem GetItem TransactWriteItems", 2, 16),
  // An admin is counted. Where the brokerage has roles, those that are defaults are read and counted, too.
  createUser: budget("TransactWriteItems", 0, 12),
  // The user, with another email, and an admin less.
  updateUser: budget("GetItem TransactWriteItems", 1, 14),
  deactivateUser: budget("GetItem TransactWriteItems", 1, 10),
  reactivateUser: budget("GetItem TransactWriteItems", 1, 10),
  // The slug and the email, before a password is hashed in vain.
  registerClient: budget("BatchGetItem TransactWriteItems", 1, 8),
  // The account's lookup, what it knows of the address, and the user; the counters that stop guessing: spent before the
  // hash, given back after it.
  login: budget("BatchGetItem GetItem TransactWriteItems UpdateItem UpdateItem UpdateItem UpdateItem", 3, 6),
  refreshSession: budget("BatchGetItem UpdateItem", 2, 1),
  logout: budget("UpdateItem", 0, 1),
  changePassword: budget("TransactWriteItems UpdateItem UpdateItem UpdateItem UpdateItem", 0, 14),
  // The counter of the address, and the request itself: the same for any email.
  requestPasswordReset: budget("UpdateItem UpdateItem", 0, 2),
  // The key and the user; the user with the indexes, and the counters of failed attempts, which are forgotten.
  confirmPasswordReset: budget("BatchGetItem TransactWriteItems", 2, 12),
  verifyEmail: budget("BatchGetItem PutItem", 2, 4),
  // A session's item is larger than what lists show of a record.
  listSessions: budget("Query", 3, 0),
  deleteSession: budget("GetItem UpdateItem", 1, 1),
  // The slug; the office and its key; a page of each state: 2 units, 2.5 where all is known of every listing.
  listPublicProperties: budget("GetItem BatchGetItem Query Query", 8, 0),
  // The same, and the listing, its pictures and its agent; the look is noted.
  getPublicProperty: budget("GetItem BatchGetItem GetItem Query GetItem PutItem", 6, 2),
  // The example changes the status, by which three lists are kept, and the price, by which one of them is sorted.
  updateProperty: budget("GetItem PutItem", 1, 13),
  // The key, the photo and its property.
  getPhoto: budget("GetItem GetItem GetItem", 3, 0),
  // The media, and how many the property has of them.
  createMedia: budget("GetItem TransactWriteItems", 1, 12),
  deleteMedia: budget("GetItem GetItem TransactWriteItems", 2, 10),
  // The new owner; the hand-over with what holds both users, and its task, in one transaction.
  handOverRecords: budget("GetItem GetItem TransactWriteItems", 2, 22),
  undoHandOver: budget("GetItem TransactWriteItems", 1, 12),
  // A property shows with whom it is shared.
  listPropertyShares: budget("GetItem", 1, 0),
  // The record, and whom it is shared with; the record is written with all its indexes, and in the list of what ends.
  putPropertyShare: budget("GetItem GetItem PutItem", 2, 11),
  putCmaShare: budget("GetItem GetItem PutItem", 2, 10),
  putTaskShare: budget("GetItem GetItem PutItem", 2, 12),
  // What the document's example has of emails is taken, in one transaction with the client; a known phone is allowed.
  createClient: budget("TransactWriteItems", 0, 24),
  // An email that changes is taken and another let go, in one transaction. Here a client who has none is deleted.
  updateClient: budget("GetItem TransactWriteItems", 1, 24),
  deleteClient: budget("GetItem PutItem", 1, 9),
  // What hangs on them is counted: interactions, tasks and interests.
  restoreClient: budget("GetItem Query Query Query PutItem", 3, 9),
  getClientDependents: budget("GetItem Query Query Query", 3, 0),
  // The ledgers of the client, and of those who were merged into it.
  getClientScore: budget("GetItem BatchGetItem", 2, 0),
  listClientShares: budget("GetItem", 1, 0),
  putClientShare: budget("GetItem GetItem PutItem", 2, 12),
  deleteClientShare: budget("GetItem PutItem", 1, 12),
  // The example changes the due date, by which two lists are sorted.
  updateTask: budget("GetItem PutItem", 1, 12),
  // What was said and its list; the client, in all their lists.
  createInteraction: budget("GetItem TransactWriteItems", 1, 24),
  // What was deleted of a client is found by the client, for its erasure.
  deleteInteraction: budget("GetItem GetItem PutItem", 2, 4),
  // The client, the property and what was noted; the same again writes nothing.
  putClientProperty: budget("GetItem GetItem BatchGetItem", 3, 0),
  deleteClientProperty: budget("GetItem BatchGetItem TransactWriteItems", 2, 8),
  // Two clients, each in or out of all lists, and the merge.
  mergeClients: budget("GetItem BatchGetItem TransactWriteItems", 2, 56),
  // The merge, the kept client, its merges, the others and their owners.
  undoMerge: budget("GetItem BatchGetItem BatchGetItem BatchGetItem BatchGetItem TransactWriteItems", 6, 56),
  // The client out of all lists, the job and the task that shows it; the job does the rest.
  eraseClient: budget("BatchGetItem TransactWriteItems", 2, 60),
  // The request with what its calls cost; a page shows less of it, in one Query.
  getAiRequest: budget("BatchGetItem", 2, 0),
  // The request in its indexes, and the count of the day.
  createAiRequest: budget("BatchGetItem TransactWriteItems", 4, 14),
  cancelAiRequest: budget("BatchGetItem PutItem", 2, 5),
  // The request; the proposals that it names, where it made any.
  listProposals: budget("GetItem", 1, 0),
  // The request and the proposal; that it is approved, before anything is done, and what came of it.
  approveProposal: budget("BatchGetItem PutItem PutItem", 2, 6),
  rejectProposal: budget("BatchGetItem PutItem", 2, 3),
  undoProposal: budget("BatchGetItem PutItem", 2, 4),
  // The brokerage, its budget and the caller's; what was used in the days asked for.
  getAiUsage: budget("BatchGetItem Query", 4, 0),
  // The brokerage; the buckets of four weeks.
  getAnalytics: budget("BatchGetItem Query", 4, 0),
  // The brokerage's one document.
  getCustomFields: budget("GetItem", 1, 0),
  putCustomFields: budget("GetItem PutItem", 1, 3),
  // The key, and how many the brokerage has in its policy, in one transaction.
  createApiKey: budget("TransactWriteItems", 0, 10),
  deleteApiKey: budget("GetItem TransactWriteItems", 1, 12),
  // Each key's own item says when it was last used.
  listApiKeys: budget("Query BatchGetItem", 27, 0),
  listPermissions: budget("", 0, 0),
  getAccess: budget("GetItem", 1, 0),
  // The record, a page of users, and each user with roles and teams.
  listAllowedUsers: budget("GetItem Query BatchGetItem", 28, 0),
  // One Query reads all roles: a brokerage makes few.
  listRoles: budget("Query", 1, 0),
  // The policy, too: one that an older release wrote gets its first role otherwise.
  createRole: budget("GetItem TransactWriteItems", 1, 12),
  updateRole: budget("GetItem TransactWriteItems", 1, 14),
  // How many users have it, too.
  deleteRole: budget("GetItem GetItem TransactWriteItems", 2, 16),
  // The role, and the policy that every request reads.
  putRolePermissions: budget("GetItem TransactWriteItems", 1, 12),
  // The user; where roles are given or taken, the counts of their users, and each that is given as it was read.
  putUserRoles: budget("GetItem PutItem", 1, 6),
  // A member already: the team alone. Who joins it, or leaves it, names it, too, in one transaction.
  putTeamMember: budget("GetItem GetItem PutItem", 2, 4),
  deleteTeamMember: budget("GetItem GetItem TransactWriteItems", 2, 12),
  // The record and its analysis, some 25 KB of it, in one request.
  getCma: budget("BatchGetItem", 8, 0),
  // The same, and the brokerage, the property and its pictures, for the page's head.
  getCmaReport: budget("BatchGetItem GetItem GetItem GetItem Query", 7, 0),
  // The revised analysis with what it was computed from says which sales and lines there are.
  reviseCma: budget("BatchGetItem TransactWriteItems", 8, 16),
  // What the report says is read and kept; record and summary in five indexes are written, the analysis is only answered.
  approveCma: budget("GetItem GetItem GetItem GetItem Query BatchGetItem PutItem", 9, 8),
  // The property and the agent: a link that could not open is not made.
  createCmaLink: budget("GetItem BatchGetItem PutItem", 3, 1),
  deleteCmaLink: budget("GetItem UpdateItem", 1, 1),
  // The key, the link and the analysis with what was approved; whether home and agent still stand; pictures and view.
  getSharedReport: budget("GetItem GetItem BatchGetItem BatchGetItem Query UpdateItem", 11, 1),
  // Nothing is stored of it.
  createDashboardLink: budget("", 0, 0),
  // An agent's own, who has nothing yet. The reader; the brokerage; four Queries of numbers, four of lists.
  getDashboard: budget(`BatchGetItem BatchGetItem ${"Query ".repeat(8).trim()}`, 12, 0),
  // The routing, and each user whom it names.
  putLeadRouting: budget("GetItem BatchGetItem PutItem", 3, 3),
  // Whose turn it is, and the ten users after them.
  previewLeadRouting: budget("GetItem GetItem Query BatchGetItem", 14, 0),
  getLeadRouting: budget("GetItem", 1, 0),
  // Who has the email, and the same; the client with email and indexes, the enquiry, and the turn.
  createLead: budget("BatchGetItem GetItem GetItem Query BatchGetItem TransactWriteItems", 14, 30),
  // The client and the offer; the client goes into another's lists.
  claimClient: budget("BatchGetItem TransactWriteItems", 2, 40),
  // The import and its task, each in its indexes; a transaction writes everything twice.
  createImport: budget("TransactWriteItems", 0, 24),
  // The same.
  createExport: budget("TransactWriteItems", 0, 24),
  // The analysis in its indexes and the count of the day, in one transaction.
  createCma: budget("GetItem TransactWriteItems", 1, 14),
  undoImport: budget("GetItem PutItem", 1, 8),
  // A hundred entries of some 800 bytes, strongly consistent: a page must have no gap.
  listChanges: budget("Query", 20, 0),
  // The head says where the log ends.
  listAuditEvents: budget("GetItem Query", 8, 0),
  // Whose the property is; of each event that is taken itself and its entry by arrival. The example's property is unknown.
  createAnalyticsEvents: budget("BatchGetItem PutItem", 1, 2),
  // A page of each shard, of half a kilobyte an event: any of them may have the newest.
  listAnalyticsEvents: budget("Query Query Query Query", 8, 0),
  // The public keys.
  listAuditCheckpoints: budget("GetItem Query", 2, 0),
  // The list of tools; what one of them reads, another operation does.
  postMcp: budget("", 0, 0),
};

/** The budget of an operation; throws where neither a line nor its declaration says it. */
export function budgetOf(operation: Operation): Budget {
  const found = budgets[operation.id] ?? defaultBudget(operation);
  if (!found) throw new Error(`${operation.id} needs a line in test/bench/budgets.ts`);
  return found;
}
