import { ids, written } from "./ids.ts";

const NewTask = {
  title: "Call Sam Rivera about the second viewing",
  description: "They ask whether the garage can be seen from inside.",
  priority: "high",
  category: "follow_up",
  due_date: "2026-03-04T18:00:00.000Z",
};

/** Bodies and answers about tasks. */
export const tasks = {
  NewTask,
  TaskPatch: { description: "They can come on Thursday.", due_date: "2026-03-05T18:00:00.000Z" },
  Task: {
    ...written(ids.call, 1, "2026-03-02T17:05:00.000Z"),
    owner_user_id: ids.agent,
    team_id: ids.team,
    ...NewTask,
    status: "pending",
    progress: 0,
    property_id: ids.property,
    client_id: null,
  },
};
