/** The table of contents: every entry point of the system, by area. All else is derived from this list. */
import type { Definition } from "../shared/entry/definition.ts";
import { getMe } from "./identity/get-me.ts";
import { getHealth } from "./service/get-health.ts";

export const areas = {
  service: [getHealth],
  identity: [getMe],
} as const satisfies Record<string, readonly Definition[]>;

export const definitions: readonly Definition[] = Object.values(areas).flat();
