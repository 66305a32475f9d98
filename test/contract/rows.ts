import type { Role } from "../../shared/domain/access.ts";
import { addUser, expectStatus, type SignedIn, signUp, unique, waitFor } from "../cloud.ts";
import { importFile } from "../imports.ts";
import { fill } from "../properties.ts";
import { soldHouses } from "../sales.ts";
import { anotherSession } from "../sessions.ts";

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
  readonly params?: (world: World) => Promise<Readonly<Record<string, string>>>;
  /** What differs from the document's example body for it to be accepted now; undefined leaves a field out. */
  readonly body?: (world: World, caller: SignedIn) => object | Promise<object>;
  /** Who calls where the call uses its caller up; the home brokerage's admin unless said. */
  readonly caller?: (world: World) => Promise<SignedIn>;
  /** Whether success, or its effect, can be had of a record only once. */
  readonly once?: true;
  /** Bodies the schema accepts and the operation refuses with 400, by the path named in the error. */
  readonly refusesMore?: readonly string[];
}

/** Facts that only some statuses have, and owners who are no users. */
const propertyRules = [
  "/owner_user_id",
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

const anEmail = () => `${unique()}@contract.example`;

/** One row for every operation; a test fails for an operation without. */
export const rows: Readonly<Record<string, Row>> = {
  getHealth: {},
  getOpenapi: {},
  getDocs: {},
  getJwks: {},
  createBrokerage: {
    body: () => ({
      slug: `b-${unique()}`,
      admin: { email: anEmail(), password: `pass ${unique()}`, first_name: "A", last_name: "B" },
    }),
  },
  getBrokerage: {},
  updateBrokerage: {},
  registerClient: {
    body: ({ home }) => ({ brokerage_slug: home.brokerage.slug, email: anEmail() }),
    refusesMore: ["/brokerage_slug"],
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
    refusesMore: ["/current_password"],
  },
  listSessions: {},
  deleteSession: {
    async params({ home: { users } }) {
      const { token } = await anotherSession(users.admin);
      return { session_id: JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()).sid };
    },
  },
  getMe: {},
  updateMe: {},
  listUsers: {},
  createUser: { body: () => ({ email: anEmail() }) },
  listProperties: { refusesMore: ["?sort", "?radius_km", "?max_price"] },
  createProperty: { body: ownedByCaller, refusesMore: propertyRules },
  getProperty: { params: aProperty },
  updateProperty: { params: aProperty, body: ownedByCaller, refusesMore: propertyRules },
  deleteProperty: { params: aProperty },
  restoreProperty: { params: aDeletedProperty, once: true },
  listPropertyHistory: { params: aProperty },
  listMedia: { params: aProperty },
  createMedia: { params: aProperty },
  getMedia: { params: aMedia },
  updateMedia: { params: aMedia },
  deleteMedia: { params: aMedia },
  listCmas: { params: aProperty },
  createCma: { params: aProperty, refusesMore: ["/effective_date"] },
  getCma: { params: aCma },
  getCmaReport: { params: aCompletedCma },
  reviseCma: { params: aCompletedCma, refusesMore: revisionRules },
  approveCma: { params: aCompletedCma, once: true },
  listCmaLinks: { params: aCma },
  createCmaLink: { params: anApprovedCma },
  deleteCmaLink: { params: aLink },
  getSharedReport: { params: aSharedReport },
  listImports: {},
  createImport: { refusesMore: ["/delimiter", "/header", "/mapping"] },
  getImport: { params: anImport },
  undoImport: { params: aCompletedImport, once: true },
  listTasks: {},
  createTask: { body: aboutNothing, refusesMore: ["/owner_user_id", "/property_id"] },
  getTask: { params: aTask },
  updateTask: { params: aTask, body: aboutNothing, refusesMore: ["/owner_user_id", "/property_id"] },
  deleteTask: { params: aTask },
  restoreTask: { params: aDeletedTask, once: true },
};

function ownedByCaller() {
  return { owner_user_id: undefined };
}

function aboutNothing() {
  return { owner_user_id: undefined, property_id: undefined };
}

async function aProperty({ home }: World): Promise<{ property_id: string }> {
  const body = {
    title: "For a contract",
    property_type: "house",
    price: 500_000,
    location: { lat: 47.6, lng: -122.3 },
  };
  const { token } = home.users.admin;
  const { id } = await expectStatus(201, "POST", "/v1/properties", { token, body });
  return { property_id: id };
}

async function aMedia(world: World): Promise<{ media_id: string }> {
  const { property_id } = await aProperty(world);
  const body = { type: "image", content_type: "image/jpeg", size_bytes: 1000, file_name: "front.jpg" };
  const { token } = world.home.users.admin;
  const { media } = await expectStatus(201, "POST", `/v1/properties/${property_id}/media`, { token, body });
  return { media_id: media.id };
}

async function aCma(world: World): Promise<{ cma_id: string }> {
  const { property_id } = await aProperty(world);
  const { token } = world.home.users.admin;
  const { id } = await expectStatus(202, "POST", `/v1/properties/${property_id}/cmas`, { token, body: {} });
  return { cma_id: id };
}

/** Sales of each world, for its analyses. */
const sold = new WeakMap<World, Promise<unknown>>();
function soldNearby(world: World): Promise<unknown> {
  const { users, brokerage } = world.home;
  const filled = sold.get(world) ?? fill({ ...users.admin, brokerage }, soldHouses("98103").slice(0, 30));
  sold.set(world, filled);
  return filled;
}

async function aCompletedCma(world: World): Promise<{ cma_id: string }> {
  const { admin } = world.home.users;
  await soldNearby(world);
  const { cma_id } = await aCma(world);
  return waitFor(async () => {
    const { status } = await expectStatus(200, "GET", `/v1/cmas/${cma_id}`, { token: admin.token });
    return status === "completed" ? { cma_id } : undefined;
  }, 90);
}

/** Approved once in a world: links are what its tests use up. */
const approved = new WeakMap<World, Promise<{ cma_id: string }>>();
async function anApprovedCma(world: World): Promise<{ cma_id: string }> {
  const known = approved.get(world) ?? aCompletedCma(world).then((cma) => approve(world, cma));
  approved.set(world, known);
  return known;
}

/** Approves a completed analysis as the home brokerage's admin. */
export async function approve<Params extends { readonly cma_id: string }>(
  { home }: World,
  params: Params,
): Promise<Params> {
  const { token } = home.users.admin;
  await expectStatus(200, "POST", `/v1/cmas/${params.cma_id}/approve`, { token });
  return params;
}

async function aLink(world: World): Promise<{ cma_id: string; link_id: string }> {
  return linkTo(world, await anApprovedCma(world));
}

async function aSharedReport(world: World): Promise<{ token: string }> {
  return linkTo(world, await anApprovedCma(world));
}

/** Makes a link to an approved analysis; its token is the last part of its URL. */
export async function linkTo({ home }: World, { cma_id }: { readonly cma_id: string }) {
  const { token } = home.users.admin;
  const link = await expectStatus(201, "POST", `/v1/cmas/${cma_id}/links`, { token, body: {} });
  return { cma_id, link_id: link.id as string, token: String(link.url.split("/").at(-1)) };
}

async function anImport({ home }: World): Promise<{ import_id: string }> {
  const { token } = home.users.admin;
  const body = { resource: "property", format: "csv", size_bytes: 1000 };
  const { import: job } = await expectStatus(201, "POST", "/v1/imports", { token, body });
  return { import_id: job.id };
}

async function aCompletedImport({ home }: World): Promise<{ import_id: string }> {
  const { id } = await importFile(home.users.admin.token, "title,price\nOne of a few,500000\n");
  return { import_id: id };
}

async function aTask({ home }: World): Promise<{ task_id: string }> {
  const { token } = home.users.admin;
  return {
    task_id: (await expectStatus(201, "POST", "/v1/tasks", { token, body: { title: "Call back" } })).id,
  };
}

async function aDeletedTask(world: World): Promise<{ task_id: string }> {
  const { task_id } = await aTask(world);
  await deleted(world, `/v1/tasks/${task_id}`);
  return { task_id };
}

async function aDeletedProperty(world: World): Promise<{ property_id: string }> {
  const { property_id } = await aProperty(world);
  await deleted(world, `/v1/properties/${property_id}`);
  return { property_id };
}

const deleted = ({ home }: World, path: string) =>
  expectStatus(204, "DELETE", path, { token: home.users.admin.token, headers: { "if-match": '"1"' } });

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
