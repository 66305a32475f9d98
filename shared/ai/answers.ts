import type { AiResponse, Payload } from "../domain/ai-request.ts";
import { type Agent, converse } from "./agent.ts";
import { draft, findings } from "./draft.ts";
import { fenced } from "./fence.ts";
import type { FactRecord } from "./gates/facts.ts";
import { type Check, isUsable } from "./gates/finding.ts";
import {
  type Asking,
  chatInstructions,
  cmaInstructions,
  emailInstructions,
  listingInstructions,
  mostCharacters,
  workflowInstructions,
} from "./instructions.ts";
import { type Model, Unanswered } from "./model.ts";
import { type Records, sourcesOf } from "./records.ts";

/** What every source is answered with. */
export interface Answering {
  readonly model: Model;
  readonly records: Records;
  readonly asking: Asking;
  readonly agent: Omit<Agent, "instructions" | "mark" | "records">;
  readonly now: Date;
}

type Body = Readonly<Record<string, unknown>>;

/** A draft of a listing's description, checked against the record as it is when it is done. */
export async function listingDescription(
  { model, records, asking, now }: Answering,
  { property_id, length, tone, notes }: Extract<Payload<"content">, { kind: "listing_description" }>,
): Promise<AiResponse> {
  const property = () => records.read<FactRecord>("getProperty", { property_id });
  const most = mostCharacters[length];
  const first = await property();
  return draft(model, {
    form: "text",
    instructions: listingInstructions(asking, length, tone),
    data: [
      fenced(asking.mark, "property", first),
      ...(notes ? [fenced(asking.mark, "agent's notes", notes)] : []),
    ].join("\n"),
    async judge(text) {
      // As it is now: it may have changed since, or the user may not read it any more.
      const record = await property();
      const tooLong: Check[] =
        text.length > most
          ? [
              {
                ...{ rule: "length", severity: "block" as const, span: [most, text.length] as const },
                ...{ message: `It has more than ${most} characters.`, suggestion: null },
              },
            ]
          : [];
      return {
        facts: (await gates()).checkFacts(text, { ...record, notes: notes ?? null }),
        checks: [...(await housing(text, now, record.state_or_province)), ...tooLong],
      };
    },
  });
}

/** A draft of an email to a client: no number that is not in what is known of them. */
export async function followUpEmail(
  { model, records, asking, now }: Answering,
  { client_id, goal }: Extract<Payload<"content">, { kind: "follow_up_email" }>,
): Promise<AiResponse> {
  const [client, said] = await Promise.all([
    records.read<Body>("getClient", { client_id }),
    records.read<{ readonly items: readonly Body[] }>("listInteractions", { client_id }),
  ]);
  const data = { client, interactions: said.items };
  return draft(model, {
    form: "email",
    instructions: emailInstructions(asking, goal),
    data: fenced(asking.mark, "client", data),
    async judge(text) {
      // Read again: a client who is gone, or was taken away meanwhile, gets no email.
      const read = await records.read<Body>("getClient", { client_id });
      const allowed = numbersIn({ ...data, client: read, goal, today: asking.today });
      return { facts: (await gates()).checkNumbers(text, allowed), checks: await housing(text, now) };
    },
  });
}

/** Prose around a finished analysis. */
export async function cmaProse(
  { model, records, asking, now }: Answering,
  { cma_id }: Payload<"cma">,
): Promise<AiResponse> {
  const analysis = () => records.read<Body>("getCma", { cma_id });
  const first = await analysis();
  if (first.status !== "completed") throw new Unanswered("The analysis is not completed");
  return draft(model, {
    form: "text",
    instructions: cmaInstructions(asking),
    data: fenced(asking.mark, "analysis", first),
    async judge(text) {
      const facts = (await gates()).checkNumbers(text, numbersIn(await analysis()));
      return { facts, checks: await housing(text, now) };
    },
  });
}

/** An answer in a conversation, with the records it was made from. */
export async function chatAnswer(
  answering: Answering,
  { messages, conversation_id }: Payload<"chat">,
  id: string,
): Promise<AiResponse> {
  const { model, asking } = answering;
  if (model.said.turns.length === 0)
    await model.note({ turns: messages.map(({ role, content }) => ({ role, text: content })) });
  const said = await lawful(answering, chatInstructions(asking));
  const sources = sourcesOf(said.text, model.said.sources);
  const { text: message, checks, usable } = said;
  return { message, sources, conversation_id: conversation_id ?? id, checks, usable };
}

/** What a goal became, in words; the steps are its proposals. */
export async function workflowSummary(
  answering: Answering,
  { goal }: Payload<"workflow">,
): Promise<AiResponse> {
  const { model, asking } = answering;
  if (model.said.turns.length === 0) await model.note({ turns: [{ role: "user", text: goal }] });
  const { text: summary, checks, usable } = await lawful(answering, workflowInstructions(asking));
  return { summary, checks, usable };
}

const heldBack =
  "The answer was held back: it would not have been in line with fair housing. Ask about homes and services; on places, " +
  "schools and safety please see public sources.";

/** An answer in words that no fair-housing rule blocks: one that is blocked is asked for once more, and then held back. */
async function lawful({ model, records, asking, agent, now }: Answering, instructions: string) {
  for (let again = true; ; again = false) {
    const text = await converse(model, { ...agent, instructions, mark: asking.mark, records });
    const checks = await housing(text, now);
    if (isUsable([], checks)) return { text, checks, usable: true };
    if (!again || model.callsLeft <= 0) {
      const whole: Check["span"] = [0, heldBack.length];
      return { text: heldBack, checks: checks.map((check) => ({ ...check, span: whole })), usable: false };
    }
    const turns = [
      { role: "assistant", text } as const,
      { role: "user", text: findings({ text, facts: [], checks }) } as const,
    ];
    await model.note({ turns });
  }
}

/** Their words and rules are as large as half the worker: loaded when the first text is there. */
const gates = async () => ({
  ...(await import("./gates/facts.ts")),
  ...(await import("./gates/check-numbers.ts")),
  ...(await import("./gates/fair-housing.ts")),
});

const housing = async (text: string, on: Date, state?: string | null): Promise<readonly Check[]> =>
  (await gates()).fairHousing(text, { on, ...(state ? { state } : {}) });

/** Proposes nothing whose texts a fair-housing rule blocks: the model is told what was found, and may propose it anew. */
export const lawfully =
  (on: Date, propose: Agent["propose"]): Agent["propose"] =>
  async (asked) => {
    const made = await propose(asked);
    if (!made.ok) return made;
    for (const text of textsIn(made.fields.request.body)) {
      const checks = await housing(text, on);
      if (!isUsable([], checks)) return { ok: false, problem: findings({ text, facts: [], checks }) };
    }
    return made;
  };

const textsIn = (data: unknown): string[] =>
  typeof data === "string"
    ? [data]
    : typeof data === "object" && data !== null
      ? Object.values(data).flatMap(textsIn)
      : [];

/** Every number and day in data, by where it stands. */
function numbersIn(data: unknown, name = ""): { readonly name: string; readonly value: number | string }[] {
  if (typeof data === "number") return [{ name, value: data }];
  if (typeof data === "string") return /\d/.test(data) ? [{ name, value: data }] : [];
  if (typeof data !== "object" || data === null) return [];
  return Object.entries(data).flatMap(([field, value]) =>
    numbersIn(value, name ? `${name}.${field}` : field),
  );
}
