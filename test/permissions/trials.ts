import {
  audiencesOf,
  type Caller,
  decide,
  defaultGrants,
  hasEnded,
  listedStatuses,
  type Permission,
  permissionNames,
  type RoleGrant,
  readsListed,
  roles,
  scopes,
} from "../../shared/domain/access.ts";
import { type Asker, callerOf, judge, listFilter, policiesOf, type Subject } from "./oracle.ts";

/** What is compared with the oracle: the product's decision and its lists, or sabotaged ones. */
export interface Product {
  readonly decide: typeof decide;
  readonly audiencesOf: typeof audiencesOf;
}
export const product: Product = { decide, audiencesOf };

/** Numbers that look random and are the same for a seed. */
function dice(seed: number) {
  let state = seed;
  const next = (sides: number): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) | 0;
    const mixed = Math.imul(state ^ (state >>> 12), 0x297a2d39);
    return ((mixed ^ (mixed >>> 15)) >>> 0) % sides;
  };
  const one = <T>(of: readonly T[]): T => of[next(of.length)]!;
  const some = <T>(most: number, make: () => T): T[] => Array.from({ length: next(most + 1) }, make);
  return { next, one, some };
}
type Dice = ReturnType<typeof dice>;

const now = new Date("2026-03-02T12:00:00.000Z");
const around = [-86_400_000, -1, 0, 1, 86_400_000].map((ms) => new Date(now.getTime() + ms).toISOString());
const users = ["ann", "bob", "cy", "dee", "eve"];
const teams = ["north", "south", "east"];
const statuses = ["active", "under_offer", "sold", "rented", "completed", undefined];

/** What the built-in roles hold, so that a role which gives it more widely is seen. */
const common = permissionNames.filter((one) => /^(property|cma|task):(read|write|delete)$/.test(one));

function someone({ next, one, some }: Dice): Asker {
  const given = some(5, (): RoleGrant => `${one(next(2) ? common : permissionNames)}:${one(scopes)}`);
  const team_ids = [...new Set(some(3, () => one(teams)))];
  return { id: one(users), role: one([...roles, undefined]), team_ids, given };
}

function something({ one, some }: Dice, at: number): Subject {
  const grantees = [...users.map((id) => `user:${id}`), ...teams.map((id) => `team:${id}`)];
  const shares = some(4, () => {
    const until = one([undefined, ...around]);
    return [one(grantees), { access: one(["read", "write"] as const), ...(until && { until }) }] as const;
  });
  return {
    id: `record${at}`,
    owner_user_id: one([...users, null, undefined]),
    team_id: one([...teams, null, undefined]),
    status: one(statuses),
    ...(shares.length > 0 ? { shares: Object.fromEntries(shares) } : {}),
  };
}

/** A fifth of the time the one that reads what is on the market; else half of the time one that the asker may hold. */
function somePermission({ one, next }: Dice, { grants }: Caller): Permission {
  if (next(5) === 0) return "property:read";
  if (next(2) === 0 && grants.length > 0) return one(grants).split(":").slice(0, 2).join(":") as Permission;
  return one(permissionNames);
}

/**
 * Compares so many random decisions with the oracle, the rule that decided included, and for each asker the whole list
 * as well. Answers where they differ (the first of them, then it stops), and how many decisions of each kind there were.
 */
export function compare(decisions: number, { decide, audiencesOf }: Product = product, seed = Date.now()) {
  const differences: string[] = [];
  const kinds = new Map<string, number>();
  let listed = 0;
  for (let done = 0, office = 0; done < decisions && differences.length === 0; office++) {
    const roll = dice(seed + office);
    const records = Array.from({ length: 6 }, (_, at) => something(roll, at));
    const set = policiesOf("office", records);
    for (let askers = 0; askers < 12 && done < decisions; askers++) {
      const asker = someone(roll);
      const caller = callerOf(asker, asker.role ? defaultGrants[asker.role] : []);
      const permission = somePermission(roll, caller);
      const differs = (record: Subject, ...what: unknown[]) =>
        differences.push(JSON.stringify({ seed, office, asker, permission, record, what: what.map(String) }));
      for (const record of records) {
        const said = decide(caller, permission, record, now);
        const { allowed, rules } = judge("office", asker, permission, record, now);
        kinds.set(said.rule, (kinds.get(said.rule) ?? 0) + 1);
        // All rules that hold allow; the decision names one of them.
        const agrees =
          said.allowed === allowed &&
          (allowed ? rules.has(said.rule) : rules.has("no_permission") === (said.rule === "no_permission"));
        if (!agrees) differs(record, said.rule, allowed, [...rules]);
        done++;
      }
      if (!permission.endsWith(":read")) continue;
      const passes = listFilter(set, asker, permission, now);
      for (const record of records) {
        const isListed = inList(caller, permission, record, audiencesOf);
        if (isListed) listed++;
        if (isListed !== passes(record)) differs(record, "list", isListed);
      }
    }
  }
  return { differences, kinds: Object.fromEntries(kinds), listed };
}

/** Whether a list has a record: whether it is in one of the audiences that the list reads. */
function inList(
  caller: Caller,
  permission: Permission,
  { owner_user_id, team_id, shares = {}, status }: Subject,
  of: typeof audiencesOf,
): boolean {
  const audiences = of(caller, permission);
  if (audiences === undefined || audiences === "brokerage") return audiences !== undefined;
  const its = [
    `owner:${owner_user_id}`,
    `team:${team_id}`,
    ...Object.entries(shares).flatMap(([grantee, { until }]) =>
      hasEnded(until, now) ? [] : [`shared-${grantee}`],
    ),
  ];
  const onMarket = readsListed(permission) && listedStatuses.some((one) => one === status);
  return onMarket || its.some((audience) => audiences.includes(audience));
}

/** The product with one of its rules broken: what the comparison must see. */
export const sabotaged: Readonly<Record<string, Product>> = {
  "ended shares still count": {
    ...product,
    decide: (caller, permission, record) => decide(caller, permission, record, new Date(0)),
  },
  "a read share lets change": {
    ...product,
    decide: (caller, permission, { shares = {}, ...record }, now) =>
      decide(
        caller,
        permission,
        {
          ...record,
          shares: Object.fromEntries(
            Object.entries(shares).map(([grantee, share]) => [grantee, { ...share, access: "write" }]),
          ),
        },
        now,
      ),
  },
  "a share needs no permission": {
    ...product,
    decide: (caller, permission, record, now) =>
      record.shares?.[`user:${caller.user_id}`] && permission.endsWith(":read")
        ? { allowed: true, rule: "shared" }
        : decide(caller, permission, record, now),
  },
  "what is on the market may be written": {
    ...product,
    decide: (caller, permission, record, now) =>
      permission === "property:write" && record.status === "active"
        ? { allowed: true, rule: "listed" }
        : decide(caller, permission, record, now),
  },
  "the first grant wins, not the widest": {
    ...product,
    decide: (caller, permission, record, now) => {
      const first = caller.grants.find((grant) => grant.startsWith(`${permission}:`));
      return decide({ ...caller, grants: first ? [first] : [] }, permission, record, now);
    },
  },
  "the decision names another rule": {
    ...product,
    decide: (caller, permission, record, now) => {
      const said = decide(caller, permission, record, now);
      return said.rule === "team_scope" ? { ...said, rule: "owner" } : said;
    },
  },
  "a list forgets the second team": {
    ...product,
    audiencesOf: (caller, permission) =>
      audiencesOf({ ...caller, team_ids: caller.team_ids.slice(0, 1) }, permission),
  },
  "a list of own scope shows the team's": {
    ...product,
    audiencesOf(caller, permission) {
      const audiences = audiencesOf(caller, permission);
      return typeof audiences === "object"
        ? [...audiences, ...caller.team_ids.map((id) => `team:${id}`)]
        : audiences;
    },
  },
};
