import type { Permission } from "../../shared/domain/access.ts";
import type { ProblemCode } from "../../shared/domain/problem.ts";
import type { Operations } from "../client.ts";

/** Records with an owner, a team and shares of their own, or of the record that they belong to. */
export type OwnedKind =
  | "property"
  | "media"
  | "task"
  | "cma"
  | "link"
  | "import"
  | "client"
  | "interaction"
  | "export"
  | "ai_request"
  | "proposal"
  | "interest"
  | "merge";

/** What an operation asks of its caller, as a broker would say it. */
export interface Row {
  /** Anyone, a person who is signed in (no API key), or whoever holds the permission. */
  readonly needs: "nothing" | "sign-in" | Permission;
  /**
   * What its path names: a record that somebody owns, or something of the whole brokerage ("office"), or of the caller
   * alone ("self"). Without, it is about nothing in particular.
   */
  readonly on?: OwnedKind | "office" | "self";
  /** The permission that is decided on the record, where it is another one; or held by whoever is signed in. */
  readonly decides?: Permission;
  /** A permission that is needed for the whole brokerage, whatever the call is about. */
  readonly everywhere?: Permission;
  /** It is for the record's owner and their superiors: to whom it is only shared, it is forbidden. */
  readonly notWhenShared?: true;
  /** Only its owner does it, signed in themselves: to anybody else, and to a key of theirs, it is forbidden. */
  readonly inPerson?: true;
  /** The record is one that was deleted, or may be. */
  readonly deleted?: true;
  readonly deletedToo?: true;
  /** What a caller who may do it meets here, since the record is not in the state for it. */
  readonly meets?: ProblemCode;
  /** What they meet unless another call has made what this one takes away. */
  readonly mayMeet?: ProblemCode;
  /** The body, where the document's example does not do. */
  readonly body?: object;
  /** What is asked in the query, as `?name=value`. */
  readonly query?: string;
}

const propertyOf = { on: "property" } as const;
const read = { needs: "property:read", ...propertyOf } as const;
const write = { needs: "property:write", ...propertyOf } as const;
const cma = { needs: "cma:write", on: "cma" } as const;
const task = { needs: "task:write", on: "task" } as const;
const client = { needs: "client:write", on: "client" } as const;
const decision = { needs: "ai:write", on: "proposal", inPerson: true } as const;
const oneself = { needs: "sign-in" } as const;
const title = { title: "Changed" };

/**
 * A row for every operation: without one the project does not compile. What follows from them for each role is in
 * functions/permissions.md, and is shown over HTTP.
 */
export const rows = {
  getHealth: { needs: "nothing" },
  getOpenapi: { needs: "nothing" },
  getDocs: { needs: "nothing" },
  getJwks: { needs: "nothing" },

  createBrokerage: { needs: "nothing" },
  getBrokerage: { needs: "brokerage:read", on: "office" },
  updateBrokerage: { needs: "brokerage:write", on: "office" },
  registerClient: { needs: "nothing" },
  login: { needs: "nothing" },
  refreshSession: { needs: "nothing" },
  logout: oneself,
  changePassword: { ...oneself, meets: "invalid_input" },
  listSessions: oneself,
  deleteSession: { ...oneself, on: "self" },
  getMe: oneself,
  updateMe: oneself,
  listUsers: { needs: "user:read" },
  createUser: { needs: "user:write", everywhere: "user:write" },
  getUser: { needs: "user:read", on: "office" },
  putUserRoles: { needs: "user:write", on: "office" },
  putBrokerageLogo: { needs: "brokerage:write", on: "office" },
  deleteBrokerageLogo: { needs: "brokerage:write", on: "office" },
  requestPasswordReset: { needs: "nothing" },
  confirmPasswordReset: { needs: "nothing" },
  verifyEmail: { needs: "nothing" },
  putMyPhoto: oneself,
  deleteMyPhoto: { ...oneself, mayMeet: "not_found" },
  updateUser: { needs: "user:write", on: "office" },
  deactivateUser: { needs: "user:delete", on: "office" },
  reactivateUser: { needs: "user:write", on: "office" },
  handOverRecords: { needs: "user:write", on: "office" },
  getHandOver: { needs: "user:write", on: "office" },
  undoHandOver: { needs: "user:write", on: "office" },

  listApiKeys: { needs: "api_key:read" },
  createApiKey: { needs: "api_key:write" },
  deleteApiKey: { needs: "api_key:delete", on: "office" },
  // Without saying what about.
  getAccess: { ...oneself, meets: "invalid_input" },
  listAllowedUsers: { needs: "user:admin", everywhere: "user:admin", meets: "invalid_input" },

  createDashboardLink: { ...oneself, decides: "analytics:read" },
  getDashboard: { needs: "nothing", on: "office" },

  listChanges: { needs: "change:read", everywhere: "change:read" },
  listAuditEvents: { needs: "audit_event:read", everywhere: "audit_event:read" },
  listAuditCheckpoints: { needs: "audit_event:read", everywhere: "audit_event:read" },

  listProperties: { needs: "property:read" },
  createProperty: { needs: "property:write" },
  getProperty: read,
  updateProperty: { ...write, body: title },
  deleteProperty: { needs: "property:delete", ...propertyOf },
  restoreProperty: { needs: "property:delete", ...propertyOf, deleted: true },
  listPropertyHistory: read,
  listPropertyShares: write,
  putPropertyShare: { ...write, notWhenShared: true },
  deletePropertyShare: { ...write, notWhenShared: true },

  listPublicProperties: { needs: "nothing", on: "office" },
  getPublicProperty: { needs: "nothing", on: "office" },
  getPhoto: { needs: "nothing", on: "office" },

  listMedia: read,
  createMedia: write,
  getMedia: { needs: "property:read", on: "media" },
  updateMedia: { needs: "property:write", on: "media", body: { caption: "Changed" } },
  deleteMedia: { needs: "property:write", on: "media", notWhenShared: true },

  listCmas: { needs: "cma:read", ...propertyOf, decides: "property:read" },
  createCma: { needs: "cma:write", ...propertyOf, decides: "property:read" },
  getCma: { needs: "cma:read", on: "cma" },
  getCmaReport: { needs: "cma:read", on: "cma", meets: "not_completed" },
  reviseCma: { ...cma, meets: "not_completed" },
  approveCma: { ...cma, meets: "not_completed" },
  listCmaLinks: { ...cma, notWhenShared: true },
  createCmaLink: { ...cma, notWhenShared: true, meets: "not_approved" },
  deleteCmaLink: { needs: "cma:write", on: "link", notWhenShared: true },
  getSharedReport: { needs: "nothing", on: "office" },
  putCmaShare: { ...cma, notWhenShared: true },
  deleteCmaShare: { ...cma, notWhenShared: true },

  listImports: { needs: "import:read" },
  createImport: { needs: "import:write", everywhere: "property:write" },
  getImport: { needs: "import:read", on: "import" },
  undoImport: {
    needs: "import:write",
    on: "import",
    everywhere: "property:write",
    meets: "invalid_transition",
  },

  listExports: { needs: "export:read" },
  createExport: { needs: "export:write" },
  getExport: { needs: "export:read", on: "export" },

  listAiRequests: { needs: "ai:read" },
  createAiRequest: { needs: "ai:write" },
  getAnalytics: { needs: "analytics:read" },
  getAiUsage: { needs: "ai:read" },
  getAiRequest: { needs: "ai:read", on: "ai_request" },
  cancelAiRequest: { needs: "ai:write", on: "ai_request", mayMeet: "invalid_transition" },
  listProposals: { needs: "ai:read", on: "ai_request" },
  approveProposal: decision,
  rejectProposal: decision,
  // It was not done.
  undoProposal: { ...decision, meets: "invalid_transition" },
  postMcp: { needs: "ai:read" },

  listTasks: { needs: "task:read" },
  createTask: { needs: "task:write" },
  getTask: { needs: "task:read", on: "task" },
  updateTask: { ...task, body: title },
  deleteTask: { needs: "task:delete", on: "task" },
  restoreTask: { needs: "task:delete", on: "task", deleted: true },
  putTaskShare: { ...task, notWhenShared: true },
  deleteTaskShare: { ...task, notWhenShared: true },

  listClients: { needs: "client:read" },
  createClient: { needs: "client:write", query: "?allow_duplicate=true" },
  getClient: { needs: "client:read", on: "client" },
  updateClient: { ...client, body: { name: "Changed" } },
  deleteClient: { needs: "client:delete", on: "client" },
  restoreClient: { needs: "client:delete", on: "client", deleted: true },
  getClientDependents: { needs: "client:read", on: "client" },
  listClientShares: client,
  putClientShare: { ...client, notWhenShared: true },
  deleteClientShare: { ...client, notWhenShared: true },
  listClientProperties: { needs: "client:read", on: "client" },
  putClientProperty: { needs: "client:write", on: "interest" },
  deleteClientProperty: { needs: "client:write", on: "interest" },
  getClientScore: { needs: "client:read", on: "client" },
  listClientScores: { needs: "client:read", on: "client" },
  listPropertyClients: { needs: "client:read", ...propertyOf, decides: "property:read" },
  // With a client that there is not.
  mergeClients: { ...client, mayMeet: "cannot_merge" },
  eraseClient: { needs: "client:delete", on: "client", everywhere: "client:delete", deletedToo: true },
  undoMerge: { needs: "client:write", on: "merge", notWhenShared: true },
  listInteractions: { needs: "client:read", on: "client" },
  createInteraction: client,
  getCustomFields: { needs: "client:read" },
  putCustomFields: { needs: "brokerage:write", on: "office" },
  getInteraction: { needs: "client:read", on: "interaction" },
  updateInteraction: { needs: "client:write", on: "interaction", body: { outcome: "Changed" } },
  deleteInteraction: { needs: "client:write", on: "interaction", notWhenShared: true },

  createLead: { needs: "lead:write" },
  listLeads: { needs: "lead:read" },
  claimClient: { needs: "client:write", on: "client", meets: "invalid_transition" },
  getLeadRouting: { needs: "lead:read" },
  putLeadRouting: { needs: "brokerage:write", on: "office" },
  previewLeadRouting: { needs: "lead:read" },

  listAnalyticsEvents: { needs: "analytics:read" },
  createAnalyticsEvents: { needs: "analytics:write" },

  listPermissions: { needs: "role:read" },
  listRoles: { needs: "role:read", everywhere: "role:read" },
  createRole: { needs: "role:write", everywhere: "role:write" },
  getRole: { needs: "role:read", on: "office" },
  updateRole: { needs: "role:write", on: "office" },
  deleteRole: { needs: "role:delete", on: "office" },
  putRolePermissions: { needs: "role:write", on: "office" },

  listTeams: { needs: "team:read" },
  createTeam: { needs: "team:write", everywhere: "team:write" },
  getTeam: { needs: "team:read", on: "office" },
  updateTeam: { needs: "team:write", on: "office" },
  deleteTeam: { needs: "team:delete", on: "office" },
  putTeamMember: { needs: "team:write", on: "office" },
  deleteTeamMember: { needs: "team:write", on: "office" },
} as const satisfies Readonly<Record<keyof Operations, Row>>;

export const rowOf = (id: string): Row => rows[id as keyof typeof rows];
