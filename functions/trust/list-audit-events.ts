import { examined } from "../../shared/data/list.ts";
import { auditEventPage } from "../../shared/data/log-audit.ts";
import { queryTable } from "../../shared/data/table.ts";
import { AuditEvent, AuditQuery } from "../../shared/domain/audit.ts";
import { page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listAuditEvents = operation({
  id: "listAuditEvents",
  method: "GET",
  path: "/v1/audit-events",
  permission: "audit_event:read",
  scope: "brokerage",
  summary: "List who did what, newest first",
  description:
    "Sign-ins, changes of rights, shares, and every change of a record with the values before and after. Values are " +
    "left out of creations and imports, and where you may not read all of the brokerage's records of the entity; " +
    "secrets are masked. `hash` chains each entry to the one before it. With a filter a page examines at most " +
    `${examined} entries, so it may be short, even empty, while next_cursor is set: with \`to\` it begins a month after ` +
    "that, since a change may be logged so late.",
  query: AuditQuery,
  answer: { status: 200, body: page(AuditEvent) },
  access: { table: queryTable },
  run: ({ table, ...asked }) => auditEventPage(table, asked),
});
