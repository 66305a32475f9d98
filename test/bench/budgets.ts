/**
 * What one successful call of each operation may ask of the table. `actions` beside the session's BatchGetItem; `reads`
 * and `writes` in units, the session's three reads left out. An operation without a line here fails its test.
 */
export interface Budget {
  readonly actions: readonly string[];
  readonly reads: number;
  readonly writes: number;
}

const budget = (actions: string, reads: number, writes: number): Budget => ({
  actions: actions.split(" ").filter(Boolean),
  reads,
  writes,
});

/** Most of these are one read of a record, one Query of a page, or one write. The others say why. */
export const budgets: Readonly<Record<string, Budget>> = {
  getHealth: budget("GetItem", 1, 0),
  getOpenapi: budget("", 0, 0),
  getDocs: budget("", 0, 0),
  getJwks: budget("GetItem", 1, 0),
  createBrokerage: budget("TransactWriteItems", 0, 16),
  getBrokerage: budget("GetItem", 1, 0),
  updateBrokerage: budget("GetItem PutItem", 1, 3),
  // The slug and the email, before a password is hashed in vain.
  registerClient: budget("BatchGetItem TransactWriteItems", 1, 8),
  // The account's lookup and the user, and the counters that stop guessing: spent before the hash, given back after it.
  login: budget("GetItem GetItem TransactWriteItems UpdateItem UpdateItem UpdateItem UpdateItem", 2, 6),
  refreshSession: budget("BatchGetItem UpdateItem", 2, 1),
  logout: budget("UpdateItem", 0, 1),
  changePassword: budget("TransactWriteItems UpdateItem UpdateItem UpdateItem UpdateItem", 0, 14),
  listSessions: budget("Query", 3, 0),
  deleteSession: budget("GetItem UpdateItem", 1, 1),
  getMe: budget("", 0, 0),
  updateMe: budget("GetItem PutItem", 1, 4),
  listUsers: budget("Query", 2, 0),
  createUser: budget("TransactWriteItems", 0, 8),
  listProperties: budget("Query", 2, 0),
  // A property is in up to eight indexes, for its filters, its place and its changes.
  createProperty: budget("PutItem", 0, 9),
  getProperty: budget("GetItem", 1, 0),
  updateProperty: budget("GetItem PutItem", 1, 9),
  deleteProperty: budget("GetItem PutItem", 1, 9),
  restoreProperty: budget("GetItem PutItem", 1, 9),
  listPropertyHistory: budget("GetItem Query", 2, 0),
  // The media's property says who may see it.
  listMedia: budget("GetItem Query", 2, 0),
  createMedia: budget("GetItem Query TransactWriteItems", 2, 12),
  getMedia: budget("GetItem GetItem", 2, 0),
  updateMedia: budget("GetItem GetItem PutItem", 2, 6),
  deleteMedia: budget("GetItem GetItem PutItem", 2, 6),
  listCmas: budget("GetItem Query", 2, 0),
  createCma: budget("GetItem PutItem", 1, 6),
  // The record and its analysis, some 25 KB of it, in one request.
  getCma: budget("BatchGetItem", 8, 0),
  // Also the brokerage, the property and its pictures, for the page's head.
  getCmaReport: budget("BatchGetItem GetItem GetItem GetItem Query", 6, 0),
  // The revised analysis with what it was computed from says which sales and lines there are.
  reviseCma: budget("BatchGetItem PutItem", 8, 7),
  // What the report says is read and kept; record and summary in five indexes are written, the analysis is only answered.
  approveCma: budget("GetItem GetItem GetItem GetItem Query BatchGetItem PutItem", 9, 8),
  listCmaLinks: budget("GetItem Query", 2, 0),
  // The property and the agent: a link that could not open is not made.
  createCmaLink: budget("GetItem BatchGetItem PutItem", 3, 1),
  deleteCmaLink: budget("GetItem UpdateItem", 1, 1),
  // The key, the link and the analysis with what was approved; whether home and agent still stand; pictures and view.
  getSharedReport: budget("GetItem GetItem BatchGetItem BatchGetItem Query UpdateItem", 11, 1),
  listImports: budget("Query", 2, 0),
  // The import and its task, each in its indexes; a transaction writes everything twice.
  createImport: budget("TransactWriteItems", 0, 22),
  getImport: budget("GetItem", 1, 0),
  undoImport: budget("GetItem PutItem", 1, 8),
  listTasks: budget("Query", 2, 0),
  // On its owner's desk by change and, once it is due, by date: ten indexes where it is also about a property.
  createTask: budget("PutItem", 0, 8),
  getTask: budget("GetItem", 1, 0),
  updateTask: budget("GetItem PutItem", 1, 10),
  deleteTask: budget("GetItem PutItem", 1, 7),
  restoreTask: budget("GetItem PutItem", 1, 8),
};
