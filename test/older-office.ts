import type { StoredItem } from "../shared/data/table.ts";
import { unique } from "./cloud.ts";
import { table } from "./in-process.ts";
import office from "./older-office.json" with { type: "json" };

/** The password of everybody in the older office. */
export const olderPassword = "an older long password";

/**
 * Writes an office as the release before roles and teams stored it (version 1 of users and policies, and no count of
 * admins), under ids of its own: two admins, an agent with a property, its photo, and two tasks, one of them deleted; and more admins
 * and agents where they are asked for.
 */
export async function olderOffice(more: { readonly admins?: number; readonly agents?: number } = {}) {
  const name = unique();
  const text = JSON.stringify(office).replaceAll("older-office", `older-${name}`);
  const items: StoredItem[] = JSON.parse(withOwnIds(text));
  const of = (entity: string) => items.filter((item) => item.entity === entity);
  const [admin, partner, agent] = of("user").map(userIn) as [User, User, User];
  const like = ({ id, email }: User, many = 0) =>
    Array.from({ length: many }, (_, at) =>
      JSON.parse(
        JSON.stringify(items.filter((item) => item.id === id))
          .replaceAll(id, newIdLike(id))
          .replaceAll(email, email.replace("@", `-${at}@`)),
      ),
    ).flat() as StoredItem[];
  const all = [...items, ...like(partner, more.admins), ...like(agent, more.agents)];
  for (let at = 0; at < all.length; at += 100)
    await table.commit(all.slice(at, at + 100).map((Item) => ({ Put: { Item } })));
  const users = all.filter((item) => item.entity === "user").map(userIn);
  return {
    brokerage_id: String(of("brokerage")[0]!.id),
    ...{ admin, agent, users, admins: users.filter(({ role }) => role === "admin") },
    property_id: String(of("property")[0]!.id),
    media_id: String(of("media")[0]!.id),
    task_id: String(of("task").find((item) => !item.deleted)!.id),
    deleted_task_id: String(of("task").find((item) => item.deleted)!.id),
    items: all,
  };
}

interface User {
  readonly id: string;
  readonly email: string;
  readonly role: string;
}

function userIn({ id, listed }: StoredItem): User {
  const { email, role } = listed as User;
  return { id: String(id), email, role };
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;

function withOwnIds(text: string): string {
  const own = new Map<string, string>();
  return text.replace(uuid, (id) => {
    if (!own.has(id)) own.set(id, newIdLike(id));
    return own.get(id)!;
  });
}

/** Another id of the same moment. */
const newIdLike = (id: string) => `${id.slice(0, 24)}${unique().slice(0, 12)}`;
