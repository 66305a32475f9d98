import type { AnyRecordType, ShownOn } from "../domain/record-type.ts";
import { recordKey } from "./record-item.ts";
import type { Stamp } from "./records.ts";
import type { UpdateWrite } from "./table.ts";

/** Changes what a record shows of another one, as long as it still names that one; reads nothing of it. */
export function showOn(
  brokerageId: string,
  { type, id, field, value }: ShownOn,
  { now, written }: Stamp,
): UpdateWrite {
  const { id: named, ...shown } = value;
  const parts = Object.entries(shown);
  const isListed = (type as AnyRecordType).lists.includes("changes");
  return {
    Update: {
      Key: recordKey(brokerageId, type, id),
      UpdateExpression: `SET ${[
        ...parts.map((_, at) => `listed.#field.#${at} = :${at}`),
        "#version = #version + :one, updated_at = :now, written = :written",
        ...(isListed ? ["changed_at = :now"] : []),
      ].join(", ")}`,
      ConditionExpression: "listed.#field.id = :id",
      ExpressionAttributeNames: {
        "#field": field,
        "#version": "version",
        ...Object.fromEntries(parts.map(([name], at) => [`#${at}`, name])),
      },
      ExpressionAttributeValues: {
        ":id": named,
        ":one": 1,
        ":now": now.toISOString(),
        ":written": written,
        ...Object.fromEntries(parts.map(([, value], at) => [`:${at}`, value])),
      },
    },
  };
}
