import { limitsOf, type Reserve, reserveWrites, settleWrites } from "../data/ai-budget.ts";
import { aiRequestKey } from "../data/assistants.ts";
import {
  CommitConflict,
  ConditionFailed,
  type PutWrite,
  refusalOf,
  type TableReader,
  type TableWriter,
  type Write,
} from "../data/table.ts";
import { aiDeadline } from "../domain/ai-deadline.ts";
import { type StoredAiRequest, tookTooLong } from "../domain/ai-request.ts";
import type { StoredBrokerage } from "../domain/brokerage.ts";
import type { Invocation } from "../domain/invocation.ts";
import { Problem } from "../domain/problem.ts";
import {
  type Answer,
  type Ask,
  bytesOf,
  type Provider,
  ProviderError,
  type Usage,
  waitBefore,
} from "./provider/provider.ts";
import { costOf, reserveFor, settings } from "./settings.ts";
import { isUncounted, type Said, type Work, workWrite } from "./work.ts";

/** Ends a request without an answer; the message says why, to the person who asked. */
export class Unanswered extends Error {
  override name = "Unanswered";
}

/** Seconds before a request's deadline in which nothing is asked any more: the result must still be written. */
const margin = 8;
/** How often a write is tried that others are in the way of. */
const mostTries = 8;
/** Milliseconds between two looks at whether the request was cancelled. */
const pace = 1000;

/** What calling a model for a request takes. */
export interface Calling extends Pick<Invocation, "newId" | "written"> {
  readonly table: TableReader & TableWriter;
  readonly provider: Provider;
  readonly request: StoredAiRequest;
  readonly brokerage: StoredBrokerage;
}

/**
 * The conversation of a request with a model. Each call is written before it is made, with the money set aside for it,
 * and when it was answered, with its cost and the answer: who goes on after a worker died asks nothing twice but the one
 * call that was under way.
 */
export class Model {
  private readonly calling: Calling;
  private work: Work;
  private readonly ends: number;

  constructor(calling: Calling, work: Work) {
    this.calling = calling;
    this.work = work;
    const deadline = aiDeadline(calling.request)!;
    this.ends = deadline.getTime() - margin * 1000;
  }

  get said(): Said {
    return this.work;
  }

  /** Whether another call is left of those that the source may make. */
  get callsLeft(): number {
    return settings.sources[this.calling.request.source].calls - this.work.calls;
  }

  get secondsLeft(): number {
    return Math.floor((this.ends - Date.now()) / 1000);
  }

  /** The model's next answer: the one that is kept, or a new one. Throws `Unanswered`. */
  async ask(asked: Pick<Ask, "instructions" | "tools" | "schema">): Promise<Answer> {
    await this.settleLost();
    if (this.work.answer) return this.work.answer;
    if (this.callsLeft <= 0)
      throw new Unanswered("It took more calls of the model than one request may make");
    const { source, model } = this.calling.request;
    const { max_output_tokens, tries } = settings.sources[source];
    const ask: Ask = { ...asked, model, turns: this.work.turns, max_output_tokens };
    for (let tried = 1; ; tried++) {
      const answer = await this.callOnce(ask);
      if (!(answer instanceof ProviderError)) return answer;
      const wait =
        answer.again && tried < tries
          ? waitBefore(tried, answer, this.secondsLeft, Math.random())
          : undefined;
      if (wait === undefined) throw new Unanswered(answer.message);
      await this.unlessCancelled((signal) => pause(wait, signal));
    }
  }

  /** Notes what follows from the last answer: turns, sources and proposals. */
  async note({ turns = [], sources = [], proposed = [] }: Partial<Said>): Promise<void> {
    const { work } = this;
    const said: Said = {
      turns: [...work.turns, ...turns],
      sources: [...work.sources, ...sources],
      proposed: [...work.proposed, ...proposed],
    };
    await this.write({ ...said, answer: undefined }, []);
  }

  /** The write that forgets what was said, once it has become an answer or none: what it cost stays. */
  forgetting(): PutWrite {
    const { request, written } = this.calling;
    const nothing = { turns: [], sources: [], proposed: [], answer: undefined };
    return workWrite(request, { ...this.work, ...nothing }, written);
  }

  /** One call, with its money: answers, or why there is no answer. */
  private async callOnce(ask: Ask): Promise<Answer | ProviderError> {
    const { provider, request, newId, brokerage } = this.calling;
    if (!(await this.isGoingOn())) throw new Unanswered("It was cancelled");
    const seconds = Math.min(settings.sources[request.source].seconds, this.secondsLeft);
    if (seconds < 3) throw new Unanswered(tookTooLong);
    const now = new Date();
    const reserve: Reserve = {
      month: now.toISOString().slice(0, 7),
      micro_usd: reserveFor(ask.model, bytesOf(ask), ask.max_output_tokens),
    };
    const open = {
      ...{ id: newId(), reserve, user_id: request.user_id, source: request.source },
      until: new Date(now.getTime() + (seconds + margin) * 1000).toISOString(),
      time_zone: brokerage.time_zone,
    };
    await this.write(
      { attempts: this.work.attempts + 1, open },
      reserveWrites(this.spender, reserve, limitsOf(brokerage), now),
    ).catch(overBudget);
    const answer = await this.unlessCancelled((signal) => provider.ask(ask, { signal, seconds })).catch(
      (error) => {
        if (error instanceof ProviderError) return error;
        throw error;
      },
    );
    if (answer instanceof ProviderError) {
      await this.settle(answer.mayBePaid ? "all" : undefined, {});
      if (answer.kind === "cancelled") throw new Unanswered("It was cancelled");
      return answer;
    }
    await this.settle(answer.usage ?? "all", { answer, calls: this.work.calls + 1 });
    return answer;
  }

  private get spender() {
    const { brokerage_id, user_id, source } = this.calling.request;
    return { brokerage_id, user_id, source };
  }

  /** Ends the open call: counts what it used, or all that was set aside where nobody knows; undefined for nothing. */
  private async settle(used: Usage | "all" | undefined, changes: Partial<Work>): Promise<void> {
    const { open, cost_micros, input_tokens, output_tokens } = this.work;
    const { request, brokerage } = this.calling;
    if (!open) return;
    const cost = used === "all" ? open.reserve.micro_usd : used ? costOf(request.model, used) : 0;
    const tokens = typeof used === "object" ? used : { input_tokens: 0, output_tokens: 0 };
    const spent = used && {
      ...{ input_tokens: tokens.input_tokens, output_tokens: tokens.output_tokens, cost_micros: cost },
      isRequest: isUncounted(this.work),
    };
    await this.write(
      {
        ...changes,
        open: undefined,
        cost_micros: cost_micros + cost,
        input_tokens: input_tokens + tokens.input_tokens,
        output_tokens: output_tokens + tokens.output_tokens,
      },
      settleWrites(this.spender, open.reserve, spent, { now: new Date(), time_zone: brokerage.time_zone }),
    );
  }

  /** A call that a worker was in when it died may have been paid: it counts in full. */
  private async settleLost(): Promise<void> {
    if (this.work.open) await this.settle("all", {});
  }

  private async write(changes: Partial<Work>, also: readonly Write[]): Promise<void> {
    const { table, request, written } = this.calling;
    const next = { ...this.work, ...changes };
    const writes = [workWrite(request, next, written), ...also];
    for (let tried = 1; ; tried++)
      try {
        await table.commit(writes);
        this.work = { ...next, step: next.step + 1 };
        return;
      } catch (error) {
        if (error instanceof ConditionFailed) throw refusalOf(writes[[...error.failed.keys()][0] ?? 0]);
        // Many requests of a brokerage share its budget.
        if (!(error instanceof CommitConflict) || tried === mostTries) throw error;
      }
  }

  /** Whether the request is still being worked on: nobody has cancelled it. */
  private async isGoingOn(): Promise<boolean> {
    const { table, request } = this.calling;
    const item = await table.get(aiRequestKey(request.brokerage_id, request.id));
    return (item?.listed as { readonly status?: string } | undefined)?.status === "processing";
  }

  /** Runs something that ends early when the request is no longer being worked on. */
  private async unlessCancelled<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const cancelled = new AbortController();
    const look = async () => {
      if (!(await this.isGoingOn())) cancelled.abort();
    };
    const timer = setInterval(() => void look().catch(() => {}), pace);
    try {
      return await run(cancelled.signal);
    } finally {
      clearInterval(timer);
    }
  }
}

function overBudget(error: unknown): never {
  if (error instanceof Problem && error.code === "budget_exceeded") throw new Unanswered(error.message);
  throw error;
}

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const ended = () => reject(new Unanswered("It was cancelled"));
    if (signal.aborted) return ended();
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      ended();
    });
  });
