import type { PropertyStatus } from "../domain/property.ts";
import { mayFollow } from "../domain/property-status.ts";
import { type Fields, lastParameter, type TakingBack } from "../domain/proposal.ts";
import type { Tool, ToolRequest } from "./tools.ts";

/** The parameter that names the record of a tool's path. */
export const named = ({ path }: Pick<Tool, "path">): string => lastParameter(path);

/** What a record is called where people read of it; undefined where it has no name. */
export function labelOf(record: Fields | null | undefined): string | undefined {
  const said = record?.title ?? record?.name;
  return typeof said === "string" ? cut(said.trim(), 100) : undefined;
}

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** Whom a body gives the record to, which nobody is to overlook; empty where it stays whose it is. */
export function givenTo(body: Fields | null): string {
  const { owner_user_id, team_id } = body ?? {};
  return [
    ...(owner_user_id === undefined ? [] : [`it is given to user ${owner_user_id}`]),
    ...(team_id === undefined
      ? []
      : [team_id === null ? "it leaves its team" : `it is given to team ${team_id}`]),
  ].join(", ");
}

/** What a request would change, before and after: of a record only what it names; of one that is deleted what it is. */
export function previewed(
  { method }: Pick<Tool, "method">,
  { body }: ToolRequest,
  record: Fields | undefined,
): { readonly before: Fields | null; readonly after: Fields | null } {
  if (method !== "DELETE") return { before: record && body ? sameOf(record, body) : null, after: body };
  const { title, name, status } = record ?? {};
  const known = Object.entries({ title, name, status }).filter(([, value]) => value !== undefined);
  return { before: Object.fromEntries(known), after: null };
}

/** The fields of a record that a merge patch names, at any depth, as they are: the patch that takes it back. */
function sameOf(record: Fields, patch: Fields): Fields {
  return Object.fromEntries(
    Object.entries(patch).map(([name, value]) => {
      const is = record[name] ?? null;
      return [name, isFields(value) && isFields(is) ? sameOf(is, value) : is];
    }),
  );
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What a new status sets or clears beside itself, of properties and tasks: the former status needs it again. */
const alongWithStatus = ["contract_status", "contract_date", "close_price", "close_date", "progress"];

/** What takes a request back; null where nothing does, or where the rules of its record lead no way back. */
export function takenBackBy(
  { undo, method }: Pick<Tool, "undo" | "method">,
  { body }: ToolRequest,
  record: Fields | undefined,
): TakingBack | null {
  if (!undo) return null;
  const isChange = method === "PATCH" && record && body;
  if (isChange && !leadsBack(record.status, body.status)) return null;
  return { ...undo, body: isChange ? formerly(record, body) : null };
}

function formerly(record: Fields, patch: Fields): Fields {
  const along = patch.status === undefined ? [] : alongWithStatus.filter((name) => name in record);
  return { ...sameOf(record, patch), ...Object.fromEntries(along.map((name) => [name, record[name]])) };
}

/** Whether a property that goes from a status to another may go back; all other records may. */
function leadsBack(from: unknown, to: unknown): boolean {
  if (to === undefined || from === to || !isStatus(from) || !isStatus(to)) return true;
  return mayFollow[to].some((status) => status === from);
}

const isStatus = (value: unknown): value is PropertyStatus =>
  typeof value === "string" && Object.hasOwn(mayFollow, value);
