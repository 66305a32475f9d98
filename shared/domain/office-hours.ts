import * as z from "zod/mini";

const clockTime = (pattern: RegExp, description: string, example: string) =>
  z
    .string()
    .check(
      z.regex(pattern, "must be a time of the day, such as 09:00"),
      z.meta({ description, examples: [example] }),
    );

/** When the office answers: on some days of the week, from and to a time that its clocks show. */
export const OfficeHours = z.strictObject({
  days: z
    .array(z.int().check(z.gte(1), z.lte(7)))
    .check(
      z.minLength(1),
      z.maxLength(7),
      z.meta({ description: "1 is Monday, 7 is Sunday", examples: [[1, 2, 3, 4, 5]] }),
    ),
  from: clockTime(/^([01]\d|2[0-3]):[0-5]\d$/, "When it opens, in the brokerage's time zone", "09:00"),
  to: clockTime(
    /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/,
    "When it closes, later than from; 24:00 at most",
    "18:00",
  ),
});
export type OfficeHours = z.output<typeof OfficeHours>;

const minute = 60_000;
const day = 86_400_000;

/**
 * The moment by which so many minutes within office hours have passed since `from`; without hours, all minutes count.
 * A change of the clocks makes a day's hours shorter or longer, as it does for those who work them.
 */
export function afterOfficeMinutes(
  from: Date,
  minutes: number,
  hours: OfficeHours | null,
  timeZone: string,
): Date {
  let left = minutes * minute;
  let at = from.getTime();
  if (!hours) return new Date(at + left);
  const clock = clockIn(timeZone);
  for (let today = Math.floor((at + clock.offsetAt(at)) / day); ; today++) {
    if (!hours.days.includes(weekdayOf(today))) continue;
    const opens = Math.max(at, clock.momentOf(today * day + sinceMidnight(hours.from)));
    const closes = clock.momentOf(today * day + sinceMidnight(hours.to));
    if (closes <= opens) continue;
    if (left <= closes - opens) return new Date(opens + left);
    left -= closes - opens;
    at = closes;
  }
}

/** The ISO weekday of a day, counted from 1970-01-01, which was a Thursday. */
const weekdayOf = (days: number): number => ((((days + 3) % 7) + 7) % 7) + 1;

function sinceMidnight(time: string): number {
  const [hours, minutes] = time.split(":").map(Number) as [number, number];
  return (hours * 60 + minutes) * minute;
}

/** A zone's clocks. What they show is a number, too: the milliseconds of that date and time as if it were UTC. */
function clockIn(timeZone: string) {
  const format = new Intl.DateTimeFormat("en-US", {
    ...{ timeZone, hourCycle: "h23" },
    ...({ year: "numeric", month: "numeric", day: "numeric" } as const),
    ...({ hour: "numeric", minute: "numeric", second: "numeric" } as const),
  });
  /** How far the clocks are ahead of UTC at a moment. */
  function offsetAt(moment: number): number {
    const part = Object.fromEntries(
      format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]),
    ) as Record<"year" | "month" | "day" | "hour" | "minute" | "second", number>;
    const shown = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second);
    return shown - Math.floor(moment / 1000) * 1000;
  }
  /**
   * When the clocks show a time: of one that comes twice the first, of one that is left out as much later as the clocks
   * jump (Temporal's "compatible").
   */
  function momentOf(shown: number): number {
    const offsets = [offsetAt(shown - day), offsetAt(shown + day)] as const;
    const moments = offsets.filter((offset) => offsetAt(shown - offset) === offset);
    return shown - (moments.length > 0 ? Math.max(...moments) : offsets[0]);
  }
  return { offsetAt, momentOf };
}
