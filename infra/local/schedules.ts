import { randomUUID } from "node:crypto";
import { account, named, nameIn, region } from "./identities.ts";
import type { Lambda } from "./lambda.ts";
import type { Resource } from "./templates.ts";

/** The templates' EventBridge rules; `start` lets those that are not disabled fire by their own clock. */
export interface Schedules {
  /** Fires the schedule that a word names, by its rule or its function, and waits for it; throws what that throws. */
  fire(word: string): Promise<void>;
  start(): Disposable;
}

interface Rule extends Resource {
  /** Minutes between its firings. */
  readonly every: number;
}

/** Reads the rules; throws for a schedule expression or a target that the local cloud does not know. */
export function createSchedules(
  resources: readonly Resource[],
  lambda: Lambda,
  log: (line: string) => void,
): Schedules {
  const functions = resources.filter(({ type }) => type === "AWS::Lambda::Function");
  const rules: Rule[] = resources
    .filter(({ type }) => type === "AWS::Events::Rule")
    .map((rule) => ({ ...rule, every: minutesOf(rule.properties.ScheduleExpression) }));

  const targetsOf = (rule: Rule): { Arn: string; Input?: string }[] => rule.properties.Targets ?? [];

  async function fireRule(rule: Rule): Promise<void> {
    const event = {
      version: "0",
      id: randomUUID(),
      "detail-type": "Scheduled Event",
      source: "aws.events",
      account,
      time: new Date().toISOString(),
      region,
      resources: [rule.arn],
      detail: {},
    };
    for (const { Arn, Input } of targetsOf(rule))
      await lambda.invoke(nameIn(Arn), Input ? JSON.parse(Input) : event);
  }

  const fire = async (word: string) =>
    fireRule(named(rules, (rule) => [rule.name, ...targetsOf(rule).map(({ Arn }) => nameIn(Arn))], word));

  function start(): Disposable {
    const unknown = rules.flatMap(targetsOf).find(({ Arn }) => !functions.some(({ arn }) => arn === Arn));
    if (unknown) throw new Error(`The local cloud's rules call functions only, not ${unknown.Arn}`);
    let minutes = 0;
    const timer = setInterval(() => {
      minutes += 1;
      for (const rule of rules.filter(({ properties }) => properties.State !== "DISABLED"))
        if (minutes % rule.every === 0)
          fireRule(rule).catch((error) => log(`${rule.name} failed: ${error.message}`));
    }, 60_000);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }

  return { fire, start };
}

const minutesIn: Record<string, number> = { minute: 1, hour: 60, day: 1440 };

/** Minutes between the firings of a rate expression, which counts from the start of the cloud. */
function minutesOf(expression = ""): number {
  const [, count, unit = ""] = expression.match(/^rate\((\d+) (minute|hour|day)s?\)$/) ?? [];
  if (!count) throw new Error(`The local cloud does not know the schedule ${expression}`);
  return Number(count) * minutesIn[unit]!;
}
