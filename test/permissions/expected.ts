import type { Permission } from "../../shared/domain/access.ts";
import { type Asker, judge, policiesOf, type Subject, type Verdict } from "./oracle.ts";
import type { Row } from "./rows.ts";

/** What is to come of a call: it is done, or refused so. */
export type Outcome = "done" | "unauthenticated" | "forbidden" | "not_found";

/** What a call is about: a record, something of the office, or nothing that there is for the caller. */
export type About = Subject | "office" | "nothing" | "nowhere";

/** What is to come of a call, by its row and the policies. */
export function expectedOf(
  { needs, decides, everywhere, notWhenShared, inPerson }: Row,
  asker: Asker | undefined,
  about: About,
): Outcome {
  if (needs === "nothing") return "done";
  if (!asker) return "unauthenticated";
  // What whoever is signed in may do is for people: an API key, which has no role, may not.
  if (needs === "sign-in") {
    const lacks = decides !== undefined && ask(asker, decides, unowned).rules.has("no_permission");
    return !asker.role || lacks ? "forbidden" : about === "nowhere" ? "not_found" : "done";
  }
  if (ask(asker, needs, unowned).rules.has("no_permission")) return "forbidden";
  if (about === "nowhere") return "not_found";
  const isTooNarrow = everywhere !== undefined && !ask(asker, everywhere, unowned).allowed;
  if (about === "nothing") return isTooNarrow ? "forbidden" : "done";
  const { allowed, rules } = ask(asker, decides ?? needs, about === "office" ? unowned : about);
  if (!allowed) return "not_found";
  const isOnlyShared = notWhenShared && [...rules].every((rule) => rule.startsWith("shared"));
  const isSomeoneElse = inPerson && about !== "office" && !(asker.role && about.owner_user_id === asker.id);
  return isOnlyShared || isTooNarrow || isSomeoneElse ? "forbidden" : "done";
}

const unowned: Subject = { id: "office" };
let asked = 0;

function ask(asker: Asker, permission: Permission, record: Subject): Verdict {
  // Cedar keeps what it has read under its name: a few names, used in turns.
  const name = `call ${asked++ % 10}`;
  policiesOf(name, [record]);
  return judge(name, asker, permission, record, new Date());
}
