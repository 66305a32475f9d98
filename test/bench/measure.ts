import type { Operation } from "../../shared/entry/definition.ts";
import { checkAnswer } from "../answers.ts";
import { handlerOf } from "../contract/inside.ts";
import type { World } from "../contract/rows.ts";
import { eventOf, goodRequest, Subject } from "../contract/subject.ts";
import { type Metered, meter } from "./meter.ts";

/** What one successful call of an operation costs. */
export interface Cost {
  readonly requests: readonly Metered[];
  readonly readUnits: number;
  readonly writeUnits: number;
  readonly answerBytes: number;
  /** Milliseconds of CPU of a warm call, the SDK's included: the median. */
  readonly warmCpu: number;
}

export interface Calling {
  readonly calls: number;
  readonly query?: Readonly<Record<string, string>>;
  readonly idempotencyKey?: string;
}

/**
 * Calls an operation with success `calls` times after a first one that warms it up; the requests are those of the last
 * call. Throws where it is refused.
 */
export async function measure(
  operation: Operation,
  world: World,
  { calls, query = {}, idempotencyKey }: Calling,
): Promise<Cost> {
  const handler = await handlerOf(operation);
  const subject = new Subject(operation, world);
  let last: { requests: Metered[]; bytes: number } | undefined;
  const cpu: number[] = [];
  for (let call = 0; call <= calls; call++) {
    const event = eventOf(
      operation,
      {
        ...(await goodRequest(operation, subject)),
        query,
        idempotencyKey,
      },
      await subject.current(),
    );
    const before = process.cpuUsage();
    const { result: answer, requests } = await meter(() => handler(event));
    const { user, system } = process.cpuUsage(before);
    checkAnswer(operation.method, operation.path.replace(/\{\w+\}/g, "x"), answer);
    if (answer.status >= 400) throw new Error(`${operation.id}: ${answer.status} ${answer.text}`);
    subject.touched(answer);
    last = { requests, bytes: Buffer.byteLength(answer.text) };
    if (call > 0) cpu.push((user + system) / 1000);
  }
  const { requests, bytes } = last!;
  const sum = (of: (request: Metered) => number) =>
    requests.reduce((total, request) => total + of(request), 0);
  return {
    requests,
    readUnits: sum(({ readUnits }) => readUnits),
    writeUnits: sum(({ writeUnits }) => writeUnits),
    answerBytes: bytes,
    warmCpu: median(cpu),
  };
}

/** The middle value. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
