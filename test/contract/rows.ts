import type { Role } from "../../shared/domain/access.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { operations } from "../answers.ts";
import { addUser, type SignedIn, signUp, unique } from "../cloud.ts";
import { aMailedToken } from "../mail.ts";
import { anotherSession } from "../sessions.ts";
import {
  aboutAProperty,
  aClientAndAProperty,
  aClientWithEmails,
  aCompletedCma,
  aCompletedImport,
  aDashboardLink,
  aDoneProposal,
  aDuplicate,
  aLogo,
  anAdmin,
  anApiKey,
  anApprovedCma,
  anInactiveAdmin,
  anInterest,
  anUnclaimedClient,
  aPhoto,
  aPublicListing,
  aShownPhoto,
  aTeamAndAnAgent,
  aTeamMember,
  deleted,
  exampleOf,
  type Maker,
  makerOf,
} from "./makers.ts";

/** A brokerage with one user of each role. */
export interface Office {
  // biome-ignore lint/suspicious/noExplicitAny: the API's record.
  readonly brokerage: any;
  readonly users: Readonly<Record<Role, SignedIn>>;
}

/** What the contract tests call operations in: a brokerage, and a foreign one that must never see it. */
export interface World {
  readonly home: Office;
  readonly foreign: Office;
}

/** What an operation needs beside its definition to be called with success; the body is the document's example. */
export interface Row {
  /** Path parameters of a record that stands and that the operation may change or delete. */
  readonly params?: Maker;
  /** Query parameters that the operation demands. */
  readonly query?: (world: World) => Promise<Readonly<Record<string, string>>>;
  /** What differs from the document's example body for it to be accepted now; undefined leaves a field out. */
  readonly body?: (world: World, caller: SignedIn) => object | Promise<object>;
  /** Who calls where the call uses its caller up; the home brokerage's admin unless said. */
  readonly caller?: (world: World) => Promise<SignedIn>;
  /** Whether success, or its effect, can be had of a record only once. */
  readonly once?: true;
  /** Bodies the schema accepts and the operation refuses with 400, by the path named in the error. */
  readonly refusesMore?: readonly string[];
}

/** Facts that only some statuses have, owners who are no users, and teams that are not theirs. */
const propertyRules = [
  "/owner_user_id",
  "/team_id",
  "/contract_date",
  "/contract_status",
  "/close_date",
  "/close_price",
  "/location/lat",
  "/location/lng",
];

/** Sales and paths that the analysis does not know, and values of another fact's kind. */
const revisionRules = [
  "",
  "/pin",
  ...[0, 1, 2, 3, 4].flatMap((at) => [
    `/exclude/${at}`,
    `/pin/${at}`,
    `/corrections/${at}/path`,
    `/corrections/${at}/value`,
  ]),
];

/** No key is given what is about keys. */
const apiKeyGrants = Array.from({ length: 5 }, (_, at) => `/grants/${at}`);

/** Not every action is there on every resource. */
const permissionActions = Array.from({ length: 5 }, (_, at) => `/permissions/${at}/action`);

/** Owners, teams, phones and custom fields that are none. */
const clientRules = [
  "/owner_user_id",
  "/team_id",
  "/phone",
  "/custom",
  "/custom/",
  ...Array.from({ length: 10 }, (_, at) => `/more_phones/${at}`),
];

/** Choices where there are none to be, or none where there must be; two fields of one name. */
const fieldRules = ["/fields", ...Array.from({ length: 50 }, (_, at) => `/fields/${at}/choices`)];

const anEmail = () => `${unique()}@contract.example`;

/** Emails that no other client has. */
const onlyTheirs = () => ({ email: anEmail(), more_emails: [anEmail()] });

/** Rows of operations that need more than their declaration says (`rowOf`); a test fails for one that is not needed. */
export const rows: Readonly<Record<string, Row>> = {
  createBrokerage: {
    body: () => ({
      slug: `b-${unique()}`,
      admin: { email: anEmail(), password: `pass ${unique()}`, first_name: "A", last_name: "B" },
    }),
    refusesMore: ["/admin/password"],
  },
  registerClient: {
    body: ({ home }) => ({ brokerage_slug: home.brokerage.slug, email: anEmail() }),
    refusesMore: ["/brokerage_slug", "/password"],
  },
  login: { body: ({ home: { users } }) => ({ email: users.agent.email, password: users.agent.password }) },
  refreshSession: {
    async body({ home }) {
      const { refresh_token } = await anotherSession(home.users.employee);
      return { refresh_token };
    },
  },
  logout: { caller: ({ home }) => anotherSession(home.users.client) },
  changePassword: {
    caller: ({ home }) => addUser(home.users.admin, "client"),
    body: (_, caller) => ({ current_password: caller.password }),
    refusesMore: ["/current_password", "/new_password"],
  },
  requestPasswordReset: { body: () => ({ email: anEmail() }) },
  confirmPasswordReset: {
    body: async ({ home }) => ({ token: await aMailedToken(home.users.admin, "password") }),
    refusesMore: ["/password"],
  },
  verifyEmail: { body: async ({ home }) => ({ token: await aMailedToken(home.users.admin, "email") }) },
  updateBrokerage: { refusesMore: ["/time_zone"] },
  deleteBrokerageLogo: { params: aLogo, once: true },
  updateMe: { refusesMore: ["/time_zone"] },
  deleteMyPhoto: { params: aPhoto, once: true },
  createUser: {
    body: () => ({ email: anEmail(), role: "admin" }),
    refusesMore: ["/password", "/time_zone"],
  },
  updateUser: {
    params: anAdmin,
    body: () => ({ email: anEmail(), role: "agent" }),
    refusesMore: ["/time_zone"],
  },
  deactivateUser: { params: anAdmin },
  reactivateUser: { params: anInactiveAdmin, once: true },
  listProperties: {
    refusesMore: ["?sort", "?radius_km", "?bounds", "?max_price", "?max_bedrooms", "?max_size_sqft"],
  },
  createProperty: { refusesMore: propertyRules },
  updateProperty: { refusesMore: propertyRules },
  listPublicProperties: { refusesMore: ["?max_price", "?max_bedrooms", "?max_size_sqft"] },
  getPublicProperty: { params: aPublicListing },
  getPhoto: { params: aShownPhoto },
  createCma: { refusesMore: ["/effective_date", "/team_id"] },
  getCmaReport: { params: aCompletedCma },
  reviseCma: { params: aCompletedCma, refusesMore: revisionRules },
  approveCma: { params: aCompletedCma, once: true },
  createCmaLink: { params: anApprovedCma },
  getDashboard: { params: aDashboardLink, refusesMore: ["?team_id"] },
  listApiKeys: { params: anApiKey },
  createApiKey: { refusesMore: ["/expires_at", ...apiKeyGrants] },
  getAccess: { query: aboutAProperty, refusesMore: ["?permission"] },
  listAllowedUsers: { query: aboutAProperty, refusesMore: ["?permission"] },
  createRole: { body: () => ({ name: unique() }) },
  updateRole: { body: () => ({ name: unique() }) },
  putRolePermissions: { refusesMore: permissionActions },
  putUserRoles: {
    body: () => ({ role_ids: [] }),
    refusesMore: Array.from({ length: 10 }, (_, at) => `/role_ids/${at}`),
  },
  createLead: {
    body: () => ({ person: { name: "Nora", email: anEmail() } }),
    refusesMore: ["/person", "/person/phone", "/occurred_at", "/property_id"],
  },
  claimClient: { params: anUnclaimedClient, once: true },
  putLeadRouting: {
    body: ({ home }) => ({
      rules: [{ when: {}, assign: { kind: "user", user_ids: [home.users.agent.user.id] } }],
      fallback_user_id: home.users.admin.user.id,
    }),
  },
  putTeamMember: { params: aTeamAndAnAgent },
  deleteTeamMember: { params: aTeamMember, once: true },
  putPropertyShare: { refusesMore: ["/until"] },
  putCmaShare: { refusesMore: ["/until"] },
  putTaskShare: { refusesMore: ["/until"] },
  createImport: { refusesMore: ["/delimiter", "/header", "/mapping"] },
  createExport: {
    refusesMore: [
      "id",
      "to",
      "bounds",
      "due_before",
      "max_price",
      "max_bedrooms",
      "max_size_sqft",
      "radius_km",
    ].map((name) => `/filters/${name}`),
  },
  undoImport: { params: aCompletedImport, once: true },
  createAiRequest: { refusesMore: ["/request_payload/conversation_id", "/request_payload/messages"] },
  cancelAiRequest: { once: true },
  getAiUsage: { refusesMore: ["?to", "?from"] },
  getAnalytics: {
    refusesMore: ["?to", "?from", "?by", "?property_id", "?user_id", "?team_id"],
  },
  approveProposal: { once: true },
  rejectProposal: { once: true },
  undoProposal: { params: aDoneProposal, once: true },
  listChanges: { refusesMore: ["?since"] },
  listAnalyticsEvents: { refusesMore: ["?entity_id", "?to"] },
  listAuditEvents: { refusesMore: ["?id", "?to"] },
  listClients: { refusesMore: ["?sort"] },
  listUsers: { refusesMore: ["?sort"] },
  createClient: {
    query: async () => ({ allow_duplicate: "true" }),
    body: onlyTheirs,
    refusesMore: clientRules,
  },
  updateClient: { params: aClientWithEmails, body: onlyTheirs, refusesMore: clientRules },
  putCustomFields: { refusesMore: fieldRules },
  createInteraction: { refusesMore: ["/occurred_at"] },
  updateInteraction: { refusesMore: ["/occurred_at"] },
  putClientShare: { refusesMore: ["/until"] },
  putClientProperty: { params: aClientAndAProperty },
  deleteClientProperty: { params: anInterest, once: true },
  mergeClients: {
    body: async (world) => ({ from: [await aDuplicate(world)], keep: undefined }),
    once: true,
    refusesMore: ["name", "email", "phone", "nurture_status", "lead_source", "owner_user_id"].map(
      (field) => `/keep/${field}`,
    ),
  },
  undoMerge: { once: true },
  // Asked for again, it says how far it is.
  eraseClient: { once: true },
  listTasks: { refusesMore: ["?sort", "?due_before"] },
  createTask: { refusesMore: ["/owner_user_id", "/team_id", "/property_id", "/client_id", "/progress"] },
  updateTask: { refusesMore: ["/owner_user_id", "/team_id", "/property_id", "/client_id", "/progress"] },
  // A user takes part in one hand-over at a time.
  handOverRecords: {
    body: async ({ home }) => ({ to_user_id: (await addUser(home.users.admin, "agent")).user.id }),
    once: true,
  },
  undoHandOver: { once: true },
};

/** What an operation's declaration says: whom its path names, deleted where it is restored, which can be done once. */
export function defaultRow({ id, path }: Operation, all: readonly Operation[] = operations): Row {
  const make = makerOf(path, all);
  if (!make) return {};
  return /^restore[A-Z]/.test(id) ? { params: deleted(path, make), once: true } : { params: make };
}

/** What calls an operation with success. */
export const rowOf = (operation: Operation): Row => ({
  ...defaultRow(operation),
  ...rows[operation.id],
});

/** A body that the operation accepts: the document's example, with what the row changes; undefined where it takes none. */
export async function bodyFor(
  operation: Operation,
  world: World,
  caller: SignedIn,
  row: Row = rowOf(operation),
): Promise<object | undefined> {
  const example = exampleOf(operation);
  return example && { ...example, ...(await row.body?.(world, caller)) };
}

/** Signs up both brokerages. */
export async function makeWorld(): Promise<World> {
  const [home, foreign] = [await office(), await office()];
  return { home, foreign };
}

async function office(): Promise<Office> {
  const { brokerage, ...admin } = await signUp();
  const [client, agent, employee] = await Promise.all(
    (["client", "agent", "employee"] as const).map((role) => addUser(admin, role)),
  );
  return { brokerage, users: { admin, client: client!, agent: agent!, employee: employee! } };
}
