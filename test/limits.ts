import { createExport } from "../functions/exports/create-export.ts";
import { createUser } from "../functions/identity/create-user.ts";
import { login } from "../functions/identity/login.ts";
import { countKey } from "../shared/data/quotas.ts";
import { withSchemaVersion } from "../shared/data/schema.ts";
import { ConditionFailed, refusalOf, type Table } from "../shared/data/table.ts";
import { type LimitName, limits } from "../shared/domain/limits.ts";
import { Problem } from "../shared/domain/problem.ts";
import { invocation } from "../shared/entry/invocation.ts";
import { countAttempt, type PasswordAttempt } from "../shared/identity/guesses.ts";
import { brokerageOf, type SignedIn, unique } from "./cloud.ts";
import { inParallel } from "./identity-attacks.ts";
import { inProcess, table as real, withTable } from "./in-process.ts";
import { wrongPassword } from "./sign-in-attacks.ts";

/** How many of so many password attempts at once pass, from one IP address at accounts that differ. */
export function attemptsFromOneAddress(times: number, table: Table = real): Promise<number> {
  const address = unique();
  return passed(times, table, () => ({ email: `${unique()}@limits.example`, address }));
}

/** How many of so many password attempts at once pass at one account, each from another IP address of its owner. */
export function attemptsAtOneAccount(times: number, table: Table = real): Promise<number> {
  const email = `${unique()}@limits.example`;
  return passed(times, table, () => ({ email, address: unique() }));
}

async function passed(
  times: number,
  table: Table,
  attempt: () => Pick<PasswordAttempt, "email" | "address">,
): Promise<number> {
  // One moment for all: the counters begin anew every fifteen minutes.
  const now = new Date();
  const results = await inParallel(times, times, async () => {
    const { written } = invocation("test", null);
    const counted = { id: written.operation_id, standing: "known", ...attempt() } as const;
    const commit: Parameters<typeof countAttempt>[0] = (writes) =>
      table.commit(writes).catch((error) => {
        throw error instanceof ConditionFailed ? refusalOf(writes[0]) : error;
      });
    return countAttempt(commit, counted, now).then(
      () => true,
      (error) => {
        if (error instanceof Problem && error.code === "too_many_requests") return false;
        throw error;
      },
    );
  });
  return results.filter(Boolean).length;
}

/**
 * How many of so many sign-ins at once, from one IP address at accounts that nobody has, are compared. In this process:
 * the last of a hundred hashes may take longer than the gateway waits.
 */
export async function signInsFromOneAddress(times: number): Promise<number> {
  const signIn = await inProcess(login);
  const window = () => Math.floor(Date.now() / 900_000);
  for (;;) {
    const [began, address] = [window(), `198.51.100.${Math.floor(Math.random() * 256)}`];
    const answers = await inParallel(times, times, () => {
      const body = { email: `${unique()}@limits.example`, password: wrongPassword };
      return signIn({ body, address });
    });
    if (window() === began) return answers.filter(({ status }) => status === 401).length;
  }
}

/** Calls that a limit counts: what each sends, and how. */
export const limited = {
  exports: { operation: createExport, body: () => ({ resource: "task", format: "csv" }) },
  invitations: {
    operation: createUser,
    body: () => ({ email: `${unique()}@limits.example`, first_name: "A", last_name: "B", role: "agent" }),
  },
} as const satisfies Partial<Record<LimitName, object>>;

/**
 * How many of so many calls at once that a limit counts are let through, how many are refused with 429, and one that
 * was; `change` may sabotage the table.
 */
export async function passedLimit(
  name: keyof typeof limited,
  { token }: SignedIn,
  times: number,
  change: (table: Table) => Table = (table) => table,
) {
  const { operation, body } = limited[name];
  const call = await inProcess(withTable(operation as never, change));
  // One day for all.
  const now = new Date();
  const answers = await inParallel(times, times, () => call({ token, body: body(), now }));
  const refusals = answers.filter(({ status }) => status === 429);
  const passed = answers.filter(({ status }) => status < 300).length;
  return { passed, refused: refusals.length, refusal: refusals[0] };
}

/** Lets all but `left` of a day's be used already. */
export async function useUp(name: LimitName, who: SignedIn, left: number): Promise<void> {
  const key = countKey(name, { brokerage_id: brokerageOf(who), user_id: who.user.id }, new Date());
  const used = limits[name].most - left;
  await real.commit([{ Put: { Item: withSchemaVersion("used", { ...key, used }) } }]);
}

/** How much of a limit is used today. */
export async function usedOf(name: LimitName, who: SignedIn): Promise<number> {
  const key = countKey(name, { brokerage_id: brokerageOf(who), user_id: who.user.id }, new Date());
  return Number((await real.get(key))?.used ?? 0);
}
