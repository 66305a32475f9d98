import { disability } from "./disability.ts";
import { familialStatus } from "./familial-status.ts";
import { nationalOrigin } from "./national-origin.ts";
import { raceAndColor } from "./race-and-color.ts";
import { religion } from "./religion.ts";
import type { Rule } from "./rule.ts";
import { sex } from "./sex.ts";

/** The seven classes of the Fair Housing Act. */
export const federal: readonly Rule[] = [
  ...familialStatus,
  ...raceAndColor,
  ...religion,
  ...nationalOrigin,
  ...sex,
  ...disability,
];
