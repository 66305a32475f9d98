import { ids, written } from "./ids.ts";

/** A hand-over that is completed; it has the id of its task. */
export const handOvers = {
  HandOver: {
    ...written(ids.handOver, 6, "2026-03-02T09:12:40.118Z", "2026-03-02T09:12:52.603Z"),
    from_user_id: ids.agent,
    to_user_id: ids.heir,
    status: "completed",
    reason: null,
    progress: 100,
    records_total: 148,
    records_handed: 147,
    records_skipped: 1,
    undo_returned: 0,
    undo_left: 0,
    undo_skipped: [],
    completed_at: "2026-03-02T09:12:52.603Z",
  },
  NewHandOver: { to_user_id: ids.heir },
};
