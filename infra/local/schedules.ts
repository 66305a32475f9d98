import { randomUUID } from "node:crypto";
import { account, region } from "./identities.ts";
import type { Lambda } from "./lambda.ts";
import { named } from "./naming.ts";
import type { Resource } from "./templates.ts";

/** The templates' EventBridge rules; `start` lets them fire by their own clock. */
export interface Schedules {
  /** Fires the schedule that a word names, by its rule or its function, and waits for it; throws what that throws. */
  fire(word: string): Promise<void>;
  start(): Disposable;
}

interface Rule extends Resource {
  readonly due: (minute: Date, minutesRunning: number) => boolean;
}

/** Reads the rules; throws for a schedule expression or a target that the local cloud does not know. */
export function createSchedules(
  resources: readonly Resource[],
  lambda: Lambda,
  log: (line: string) => void,
): Schedules {
  const functions = resources.filter(({ type }) => type === "AWS::Lambda::Function");
  const rules: Rule[] = resources
    .filter(({ type, properties }) => type === "AWS::Events::Rule" && properties.State !== "DISABLED")
    .map((rule) => ({ ...rule, due: dueBy(rule.properties.ScheduleExpression) }));

  const targetsOf = (rule: Rule): { Arn: string; Input?: string }[] => rule.properties.Targets ?? [];
  const functionOf = (arn: string) => arn.split(":").at(-1)!;

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
      await lambda.invoke(functionOf(Arn), Input ? JSON.parse(Input) : event);
  }

  const fire = async (word: string) =>
    fireRule(named(rules, (rule) => [rule.name, ...targetsOf(rule).map(({ Arn }) => functionOf(Arn))], word));

  function start(): Disposable {
    const unknown = rules.flatMap(targetsOf).find(({ Arn }) => !functions.some(({ arn }) => arn === Arn));
    if (unknown) throw new Error(`The local cloud's rules call functions only, not ${unknown.Arn}`);
    let minutes = 0;
    const timer = setInterval(() => {
      minutes += 1;
      for (const rule of rules)
        if (rule.due(new Date(), minutes))
          fireRule(rule).catch((error) => log(`${rule.name} failed: ${error.message}`));
    }, 60_000);
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }

  return { fire, start };
}

const minutesIn: Record<string, number> = { minute: 1, hour: 60, day: 1440 };

/** When a rate or cron expression is due: a rate counts from the start of the cloud, cron reads the clock in UTC. */
export function dueBy(expression = ""): Rule["due"] {
  const [, count, unit] = expression.match(/^rate\((\d+) (minute|hour|day)s?\)$/) ?? [];
  if (count && unit) return (_, minutesRunning) => minutesRunning % (Number(count) * minutesIn[unit]!) === 0;
  const fields = expression.match(/^cron\((.+)\)$/)?.[1]?.split(" ");
  if (fields?.length !== 6) throw new Error(`The local cloud does not know the schedule ${expression}`);
  const [minute, hour, day, month, weekday, year] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const checks = [
    [cronField(minute, 0), (now: Date) => now.getUTCMinutes()],
    [cronField(hour, 0), (now: Date) => now.getUTCHours()],
    [cronField(day, 1), (now: Date) => now.getUTCDate()],
    [
      cronField(month, 1, "JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC"),
      (now: Date) => now.getUTCMonth() + 1,
    ],
    [cronField(weekday, 1, "SUN MON TUE WED THU FRI SAT"), (now: Date) => now.getUTCDay() + 1],
    [cronField(year, 1970), (now: Date) => now.getUTCFullYear()],
  ] as const;
  return (now) => checks.every(([fits, read]) => fits(read(now)));
}

/** One field: `*`, `?`, lists, ranges, steps and names. */
function cronField(text: string, first: number, names = ""): (value: number) => boolean {
  const number = (word: string) => {
    const named = names.split(" ").indexOf(word.toUpperCase());
    const value = names && named >= 0 ? named + 1 : Number(word);
    if (!Number.isInteger(value))
      throw new Error(`The local cloud does not know ${word} in a cron expression`);
    return value;
  };
  const parts = text.split(",").map((part) => {
    const [range = "*", step = "1"] = part.split("/");
    const any = range === "*" || range === "?";
    const [from, to] = any ? [first, Number.POSITIVE_INFINITY] : range.split("-").map(number);
    const last = to ?? (part.includes("/") ? Number.POSITIVE_INFINITY : from!);
    return (value: number) => value >= from! && value <= last && (value - from!) % number(step) === 0;
  });
  return (value) => parts.some((fits) => fits(value));
}
