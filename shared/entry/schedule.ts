import { type Grants, openDependencies } from "../data/grant.ts";
import type { Schedule } from "./definition.ts";
import { invocation } from "./invocation.ts";
import { log } from "./log.ts";

/** The Lambda handler of scheduled work: a throw is a failed invocation, which Lambda tries again. */
export async function scheduleHandler<A extends Grants>(schedule: Schedule<A>) {
  const dependencies = openDependencies(schedule.access, process.env);
  return async (): Promise<void> => {
    await schedule.run({ ...invocation(schedule.id, null), ...dependencies });
    log("schedule_done", { schedule: schedule.id });
  };
}
