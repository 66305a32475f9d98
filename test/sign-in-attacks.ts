import { api, expectStatus, signUp, unique } from "./cloud.ts";
import { inParallel } from "./identity-attacks.ts";

/** One sign-in with a wrong password from an address; answers status and the body without its request id. */
type Guess = (email: string, address: string) => Promise<{ status: number; text: string }>;

export const wrongPassword = "not the password at all";

export const guessOverHttp: Guess = async (email, address) => {
  const { status, body } = await api("POST", "/v1/auth/login", {
    body: { email, password: wrongPassword },
    headers: { "x-forwarded-for": address },
  });
  const { instance: _, ...shown } = body;
  return { status, text: JSON.stringify(shown) };
};

const addressOf = (at: number) => `10.${100 + (at >> 16)}.${(at >> 8) & 255}.${at & 255}`;

/** Emails of fresh accounts, registered over HTTP. */
async function register(count: number): Promise<string[]> {
  const { brokerage } = await signUp();
  return inParallel(count, 2, async () => {
    const email = `${unique()}@known.example`;
    const person = { email, password: "a long enough password", first_name: "Kim", last_name: "Known" };
    await expectStatus(201, "POST", "/v1/auth/register", {
      body: { ...person, brokerage_slug: brokerage.slug },
    });
    return email;
  });
}

/** Guesses per account that stay below the limit. */
const perAccount = 4;

/**
 * Bar 8: pairs of guesses, one at an account and one at an email that nobody has, in turns. `auc` is the chance that
 * the known one took longer: 0.5 tells nothing, 0 and 1 tell all. `texts` are the different answers.
 */
export async function timeGuesses(pairs: number, guess: Guess = guessOverHttp) {
  const accounts = await register(Math.ceil(pairs / perAccount));
  const nobodies = accounts.map(() => `${unique()}@known.example`);
  await guess(`${unique()}@warm.example`, addressOf(0));
  const texts = new Set<string>();
  const time = async (email: string, at: number) => {
    const start = performance.now();
    const { status, text } = await guess(email, addressOf(at));
    texts.add(`${status} ${text}`);
    return performance.now() - start;
  };
  const known: number[] = [];
  const unknown: number[] = [];
  for (let at = 0; at < pairs; at++) {
    const turns = [
      async () => known.push(await time(accounts[at % accounts.length]!, 2 * at)),
      async () => unknown.push(await time(nobodies[at % accounts.length]!, 2 * at + 1)),
    ];
    for (const turn of at % 2 ? turns : turns.reverse()) await turn();
  }
  return { auc: auc(known, unknown), texts: [...texts] };
}

function auc(known: readonly number[], unknown: readonly number[]): number {
  let longer = 0;
  for (const one of known) for (const other of unknown) longer += one > other ? 1 : one === other ? 0.5 : 0;
  return longer / (known.length * unknown.length);
}

/**
 * Bar 9: guesses at one account from many addresses. Each 401 is one hash, a 429 is none. `owner` is what the owner
 * then gets from an address of before.
 */
export async function guessFromEverywhere(guesses: number, addresses: number, guess: Guess = guessOverHttp) {
  const { email, password } = await signUp();
  const home = "10.1.1.1";
  const ownerSignsIn = () =>
    api("POST", "/v1/auth/login", { body: { email, password }, headers: { "x-forwarded-for": home } });
  await ownerSignsIn();
  const startedIn = windowOf(Date.now());
  const statuses = await inParallel(
    guesses,
    16,
    async (at) => (await guess(email, addressOf(at % addresses))).status,
  );
  const windows = 1 + windowOf(Date.now()) - startedIn;
  const hashes = statuses.filter((status) => status === 401).length;
  return { hashesPerWindow: hashes / windows, owner: (await ownerSignsIn()).status };
}

const windowOf = (time: number) => Math.floor(time / 900_000);
