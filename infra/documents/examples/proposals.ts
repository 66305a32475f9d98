import { idOf, ids, written } from "./ids.ts";

const body = {
  title: "Call Nora Lindqvist about Saturday",
  due_date: "2026-03-06T17:00:00Z",
  client_id: idOf("client"),
};

/** What the assistant proposed. */
export const proposals = {
  Proposal: {
    ...written(idOf("proposal"), 3, "2026-03-02T17:05:09.300Z", "2026-03-02T17:06:41.112Z"),
    ai_request_id: idOf("ai_request"),
    operation_id: "createTask",
    status: "done",
    request: { params: {}, query: {}, body },
    preview: {
      title: "Add a task: Call Nora Lindqvist about Saturday, Nora Lindqvist",
      before: null,
      after: body,
      undo: "deleteTask",
    },
    reason: null,
    result: { id: ids.task, version: 1, ...body, status: "pending" },
  },
};
