import { queues } from "../shared/data/grant.ts";
import type { Definition } from "../shared/entry/definition.ts";

/** Seconds an invocation may take. The gateway gives up on an operation after thirty. */
export function timeoutOf(definition: Definition): number {
  switch (definition.kind) {
    case "http":
      return 29;
    case "queue":
      return queues[definition.queue].timeout;
    case "stream":
      return 60;
    case "schedule":
      return definition.timeout;
  }
}
