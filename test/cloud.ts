import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";
import type { Role } from "../shared/domain/access.ts";
import { checkAnswer } from "./answers.ts";

const provided = inject("cloud");

/** The running local cloud that all test files share. `fire`, `kill` and `invoke` take an entry point's id. */
export const cloud = {
  ...provided,
  fire: async (schedule: string): Promise<void> => void (await wish("fire", schedule)),
  /** Runs the bucket's lifecycle rules as of a moment, for all test files that share the cloud. */
  runLifecycle: async (now: Date): Promise<void> => void (await wish("lifecycle", now.toISOString())),
  kill: async (functionId: string): Promise<void> => void (await wish("kill", functionId)),
  /** What the function returns; an error when it throws. */
  invoke: async (functionId: string, event: unknown) =>
    JSON.parse(await wish("invoke", functionId, JSON.stringify(event))),
};

/** Sends a request; where nothing is answered, the error names what was asked. */
export async function reach(url: string, request: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, request);
  } catch (cause) {
    throw new Error(`${request.method ?? "GET"} ${url.split("?")[0]} was not answered`, { cause });
  }
}

async function wish(verb: string, name: string, body = ""): Promise<string> {
  const url = `${provided.control}/${verb}/${encodeURIComponent(name)}`;
  const answer = await reach(url, { method: "POST", body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${verb} ${name}: ${text}`);
  return text;
}

export interface Request {
  readonly token?: string | undefined;
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects; the schema has been checked.
  readonly body: any;
}

/** Calls the HTTP API. Every answer is checked against the OpenAPI document and the rules for all answers. */
export async function api(method: string, path: string, request: Request = {}): Promise<Answer> {
  const { token, body, headers, raw } = request;
  const answer = await reach(cloud.url + path, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(raw !== undefined ? { body: raw } : body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: "manual",
  });
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const text = new TextDecoder().decode(bytes);
  checkAnswer(method, path, { status: answer.status, headers: answer.headers, text });
  const type = answer.headers.get("content-type") ?? "";
  const content = type.includes("json") ? JSON.parse(text) : type === "application/pdf" ? bytes : text;
  return { status: answer.status, headers: answer.headers, body: content };
}

/** Someone who signed in. `user` and `brokerage` are the API's records. */
export interface SignedIn {
  // biome-ignore lint/suspicious/noExplicitAny: the API's record.
  readonly user: any;
  readonly email: string;
  readonly password: string;
  readonly token: string;
  readonly refresh_token: string;
}

/** A string that no other test has: usable in slugs and emails. */
export const unique = (): string => randomBytes(8).toString("hex");

/** Everybody's, so that it is hashed once: hashing one for each took a tenth of the tests' time. */
const usualPassword = `a long password ${unique()}`;

/** Each sign-in from an address of its own: what limits addresses must not limit tests. */
const someAddress = () => `10.${[...randomBytes(3)].join(".")}`;

/**
 * Writes a fresh brokerage and a session of its admin: nothing of other tests is in it. Written past
 * the API, which would hash the password each time.
 */
export async function signUp(
  over: {
    readonly name?: string;
    readonly slug?: string;
    readonly email?: string;
    readonly password?: string;
  } = {},
  // biome-ignore lint/suspicious/noExplicitAny: the API's record.
): Promise<SignedIn & { readonly brokerage: any }> {
  const { slug = `b-${unique()}`, name = `Brokerage ${slug}` } = over;
  const { email = `admin@${slug}.example`, password = usualPassword } = over;
  const admin = { email, password, first_name: "Ada", last_name: "Admin" };
  // Imported late, for it needs the cloud that this file provides.
  const { writeBrokerage } = await import("./people.ts");
  return { email, password, ...(await writeBrokerage({ name, slug, admin })) };
}

/** Writes a user of a role in the admin's brokerage and a session of theirs. */
export async function addUser(admin: SignedIn, role: Role): Promise<SignedIn> {
  const email = `${role}-${unique()}@users.example`;
  const password = usualPassword;
  const body = { email, password, first_name: "Una", last_name: role, role };
  const { writeUser } = await import("./people.ts");
  return { email, password, ...(await writeUser(brokerageOf(admin), admin.user.id, body)) };
}

/** The brokerage that a session token names. */
export const brokerageOf = ({ token }: Pick<SignedIn, "token">): string =>
  JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()).bid;

/** Signs in with a password. */
export async function signIn(email: string, password: string): Promise<SignedIn> {
  const headers = { "x-forwarded-for": someAddress() };
  const signedIn = await expectStatus(200, "POST", "/v1/auth/login", { body: { email, password }, headers });
  const { user, session_token: token, refresh_token } = signedIn;
  return { user, email, password, token, refresh_token };
}

/** Calls the API and answers the body; any other status than the expected one is an error that says all. */
export async function expectStatus(status: number, method: string, path: string, request: Request = {}) {
  const answer = await api(method, path, request);
  if (answer.status !== status)
    throw new Error(
      `${method} ${path}: ${answer.status}, expected ${status}: ${JSON.stringify(answer.body)}`,
    );
  return answer.body;
}

/** Asks again until `check` answers something; an error after `seconds` (30 unless said). */
export async function waitFor<T>(check: () => Promise<T | undefined>, seconds = 30): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (let pause = 150; ; pause = Math.min(pause * 1.5, 500)) {
    const found = await check();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`Nothing came within ${seconds} s`);
    await sleep(pause);
  }
}
