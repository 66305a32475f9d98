import * as z from "zod/mini";
import { type Check, type Fact, isUsable } from "./gates/finding.ts";
import { type Model, Unanswered } from "./model.ts";
import type { Answer } from "./provider/provider.ts";

/** A text that a model wrote, as it was checked. */
export interface Checked {
  readonly text: string;
  readonly subject?: string;
  readonly facts: readonly Fact[];
  readonly checks: readonly Check[];
  readonly usable: boolean;
}

const Text = z.object({ text: z.string().check(z.minLength(1), z.maxLength(20_000)) });
const Email = z.extend(Text, { subject: z.string().check(z.minLength(1), z.maxLength(200)) });

const fields = (names: readonly string[]) => ({
  type: "object",
  properties: Object.fromEntries(names.map((name) => [name, { type: "string" }])),
  required: names,
  additionalProperties: false,
});

/** What a draft is: a text, or an email with its subject; its schema goes to the model and its answer is parsed by it. */
const forms = {
  text: { parse: Text, schema: fields(["text"]) },
  email: { parse: Email, schema: fields(["subject", "text"]) },
} as const;

/** What a draft is written from and checked by. */
export interface Drafting {
  readonly form: keyof typeof forms;
  readonly instructions: string;
  /** The data, fenced. */
  readonly data: string;
  /** What is wrong with a text, by the records as they are now. Throws `Unanswered` where they may not be read any more. */
  judge(text: string): Promise<Pick<Checked, "facts" | "checks">>;
}

/**
 * Has a text written and checked: numbers and features against the record, and the fair-housing rules. One that is not
 * usable is written once more, with what was found; then a person decides.
 */
export async function draft(model: Model, { form, instructions, data, judge }: Drafting): Promise<Checked> {
  if (model.said.turns.length === 0) await model.note({ turns: [{ role: "user", text: data }] });
  const { schema } = forms[form];
  for (;;) {
    const answer = await model.ask({ instructions, schema: { name: form, schema } });
    const written = read(form, answer);
    const checked = written && (await judged(written, judge));
    if (checked?.usable) return checked;
    if (model.callsLeft <= 0) {
      if (checked) return checked;
      throw new Unanswered("The model answered no text");
    }
    const found = checked ? findings(checked) : `Answer with JSON of this schema: ${JSON.stringify(schema)}`;
    await model.note({
      turns: [
        { role: "model", output: answer.output },
        { role: "user", text: found },
      ],
    });
  }
}

/** The text of an answer; undefined where it is not of its form. Throws `Unanswered` for one that was refused or cut off. */
function read(
  form: keyof typeof forms,
  { end, text }: Answer,
): { text: string; subject?: string } | undefined {
  throwUnlessDone(end);
  try {
    // Some servers put JSON between fences of Markdown.
    const json = /^\s*```(?:json)?\s*(.*?)\s*```\s*$/s.exec(text)?.[1] ?? text;
    return forms[form].parse.parse(JSON.parse(json));
  } catch {
    return undefined;
  }
}

/** Throws `Unanswered` for an answer that was refused or cut off. */
export function throwUnlessDone(end: Answer["end"]): void {
  if (end === "refused") throw new Unanswered("The model refused to answer");
  if (end === "truncated") throw new Unanswered("The model's answer was too long");
}

async function judged(
  written: { readonly text: string; readonly subject?: string },
  judge: Drafting["judge"],
): Promise<Checked> {
  const { facts, checks } = await judge(written.text);
  return { ...written, facts, checks, usable: isUsable(facts, checks) };
}

/** What was found in a text, for its model. */
export function findings({ text, facts, checks }: Omit<Checked, "usable">): string {
  const wrong = facts.filter(({ ok }) => !ok);
  const lines = [
    ...wrong.map(
      ({ span, record_value }) =>
        `"${text.slice(...span)}" is not what the data says${record_value === null || record_value === undefined ? "" : ` (${JSON.stringify(record_value)})`}.`,
    ),
    ...checks.map(
      ({ span, message, suggestion }) =>
        `"${text.slice(...span)}": ${message}${suggestion ? ` Instead: ${suggestion}` : ""}`,
    ),
  ];
  return `It cannot be used yet. Write it again, without these faults:\n${lines.join("\n")}`;
}
