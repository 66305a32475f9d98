import type { StoredItem } from "../shared/data/table.ts";
import { unique } from "./cloud.ts";
import { table } from "./in-process.ts";
import office from "./older-office.json" with { type: "json" };

/** The password of everybody in the older office. */
export const olderPassword = "an older long password";

/**
 * Writes an office as the release before roles and teams stored it (version 1 of users and policies), under ids of its
 * own: an admin, an agent with a property and two tasks, one of them deleted; and more agents where they are asked for.
 */
export async function olderOffice(moreAgents = 0) {
  const name = unique();
  const text = JSON.stringify(office).replaceAll("older-office", `older-${name}`);
  const items: StoredItem[] = JSON.parse(withOwnIds(text));
  const of = (entity: string) => items.filter((item) => item.entity === entity);
  const [admin, agent] = of("user");
  const agents = Array.from({ length: moreAgents }, (_, at) =>
    JSON.parse(
      JSON.stringify(items.filter(({ id }) => id === agent!.id))
        .replaceAll(String(agent!.id), newIdLike(String(agent!.id)))
        .replaceAll("agent@", `agent-${at}@`),
    ),
  ).flat() as StoredItem[];
  const all = [...items, ...agents];
  for (let at = 0; at < all.length; at += 100)
    await table.commit(all.slice(at, at + 100).map((Item) => ({ Put: { Item } })));
  return {
    brokerage_id: String(of("brokerage")[0]!.id),
    admin: { id: String(admin!.id), email: `admin@older-${name}.example` },
    agent: { id: String(agent!.id), email: `agent@older-${name}.example` },
    property_id: String(of("property")[0]!.id),
    task_id: String(of("task").find((item) => !item.deleted)!.id),
    deleted_task_id: String(of("task").find((item) => item.deleted)!.id),
    agents: [agent!, ...agents].filter((item) => item.entity === "user").map(({ id }) => String(id)),
    items: all,
  };
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
