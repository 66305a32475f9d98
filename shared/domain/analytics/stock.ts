import { type Client, nurtureStatuses } from "../client.ts";
import { median } from "../cma/market-statistics.ts";
import type { Subject } from "./views.ts";

type Counted = Pick<Client, "nurture_status" | "owner_user_id" | "team_id" | "created_at"> &
  Partial<Pick<Client, "nurture_since">>;
type Status = Client["nurture_status"];

/** Numbers by their names, as of a moment. */
export type Stock = Record<string, number>;

/** Whether two have the same numbers. */
export const isSame = (one: Readonly<Stock>, other: Readonly<Stock> | undefined): boolean =>
  other !== undefined && Object.keys({ ...one, ...other }).every((name) => one[name] === other[name]);

const day = 86_400_000;

/** How many clients are where in the pipeline, and for how long: added one by one, it keeps a number of each. */
export class PipelineStock {
  readonly #now: number;
  readonly #ages = new Map<Subject, Record<Status, number[]>>();
  /** How many clients there are. */
  clients = 0;

  constructor(now: Date) {
    this.#now = now.getTime();
    // An office without clients has none of each.
    this.#of("office");
  }

  add({ nurture_status, nurture_since, owner_user_id, team_id, created_at }: Counted): void {
    const age = Math.max(0, Math.floor((this.#now - Date.parse(nurture_since ?? created_at)) / day));
    this.clients++;
    this.#of("office")[nurture_status].push(age);
    this.#of(`user:${owner_user_id}`)[nurture_status].push(age);
    if (team_id) this.#of(`team:${team_id}`)[nurture_status].push(age);
  }

  /** Of each status how many (`hot`), and the median of their days (`age_hot`), which is left out where there are none. */
  stocks(): Map<Subject, Stock> {
    return new Map(
      [...this.#ages].map(([subject, ages]) => {
        const stock: Stock = {};
        for (const status of nurtureStatuses) {
          stock[status] = ages[status].length;
          const age = median(ages[status]);
          if (age !== null) stock[`age_${status}`] = age;
        }
        return [subject, stock];
      }),
    );
  }

  #of(subject: Subject): Record<Status, number[]> {
    const found = this.#ages.get(subject) ?? { new: [], hot: [], warm: [], cold: [] };
    this.#ages.set(subject, found);
    return found;
  }
}

/** No client of any status: for whom had some and has none any more. */
export const emptyPipeline: Stock = Object.fromEntries(nurtureStatuses.map((status) => [status, 0]));
