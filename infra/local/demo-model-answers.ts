import { describeRecord, type Json, recordIn, scripted } from "./demo-model-drafts.ts";

export interface Tool {
  readonly name: string;
  readonly description?: string | null;
  readonly parameters: Json;
}

export interface Question {
  readonly asked: string;
  /** The calls made since it was asked, with what the tools answered. */
  readonly called: readonly { readonly name: string; readonly output: string }[];
  readonly tools: readonly Tool[];
  /** The JSON Schema that the answer is to have. */
  readonly schema: Json;
}

export interface Reply {
  readonly text?: string;
  readonly calls?: readonly { readonly name: string; readonly arguments: Json }[];
}

/**
 * By rules, not by a model. Without tools: a draft from the record that was sent. With tools: first a list that fits the
 * words, then, where something is to be done, proposals; at last what came of it.
 */
export function demoAnswer(question: Question): Reply {
  const { asked, called, tools, schema } = question;
  if (tools.length === 0) return { text: shaped(schema, describeRecord(recordIn(asked), asked)) };
  const list = listFor(question);
  if (called.length === 0 && list)
    return { calls: [{ name: list.name, arguments: required(list.parameters) }] };
  const proposing = tools.find(isProposing);
  const toDo = /\b(prepare|plan|schedule|create|add|remind|set up|open house|assign|follow up)\b/i.test(
    asked,
  );
  if (toDo && proposing && !called.some(({ name }) => name === proposing.name))
    return {
      calls: tasksFor(asked).map((title) => ({
        name: proposing.name,
        arguments: proposal(proposing, title),
      })),
    };
  return { text: shaped(schema, { text: summary(question) }) };
}

/** The tool that proposes changes, or one that creates tasks itself. */
const isProposing = ({ name }: Tool): boolean => /(^|_)propose(_|$)|_create_task$/.test(name);

/** The list whose name and description share the most words with what was asked. */
function listFor({ asked, tools }: Question): Tool | undefined {
  const words = new Set(wordsOf(asked.replace(/\b(listings?|homes?|houses?)\b/gi, "$& property")));
  const lists = tools.filter(({ name }) => /_(list|search|find)_/.test(name));
  const score = ({ name, description }: Tool) =>
    3 * shared(words, name.replaceAll("_", " ")) + shared(words, description ?? "");
  return lists.toSorted((a, b) => score(b) - score(a))[0];
}

const wordsOf = (text: string): string[] =>
  (text.toLowerCase().match(/[a-z]{3,}/g) ?? []).map((word) => word.replace(/ies$/, "y").replace(/s$/, ""));
const shared = (words: ReadonlySet<string>, text: string) =>
  new Set(wordsOf(text).filter((word) => words.has(word))).size;

function tasksFor(asked: string): string[] {
  if (/open house/i.test(asked))
    return [
      "Open house: print flyers and put up the signs",
      "Open house: call the people who asked for a visit",
    ];
  return [`To do: ${asked.replace(/\s+/g, " ").trim().slice(0, 120)}`];
}

/** The arguments of a call that proposes to add a task, by the names that the tool's schema has. */
function proposal({ parameters }: Tool, title: string): Json {
  const properties: Record<string, Json> = parameters.properties ?? {};
  const known: Record<string, Json> = {
    ...{ title, body: { title }, params: {}, query: {} },
    ...{ request: { params: {}, query: {}, body: { title } }, summary: title, reason: title },
  };
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, schema]) => {
      if (/^(operation|operation_id|tool|action)$/.test(name)) return [[name, creatingTasks(schema)]];
      if (name in known) return [[name, known[name]]];
      return parameters.required?.includes(name) ? [[name, sample(schema, title)]] : [];
    }),
  );
}

const creatingTasks = ({ enum: names = [] }: Json): string =>
  names.find((name: string) => /create_?task$/i.test(name)) ?? "createTask";

/** What came back, in words. */
function summary({ called, tools }: Question): string {
  const proposed = called.filter(({ name }) => tools.some((tool) => tool.name === name && isProposing(tool)));
  const read = called.filter((call) => !proposed.includes(call));
  const sentences = read.map(({ name, output }) => foundBy(name, recordIn(output)));
  if (proposed.length > 0)
    sentences.push(
      `I proposed ${proposed.length} ${proposed.length === 1 ? "task" : "tasks"}: nothing happens before you approve.`,
    );
  if (sentences.length === 0) sentences.push("I have no tool for this.");
  return [scripted, ...sentences].join(" ");
}

function foundBy(tool: string, answer: Json): string {
  const items: Json[] | undefined = answer?.items ?? answer?.body?.items;
  if (!Array.isArray(items)) return `I called ${tool}, and it answered no list.`;
  if (items.length === 0) return `I called ${tool} and found nothing.`;
  const names = items
    .slice(0, 5)
    .map((item) => item?.title ?? item?.name ?? item?.address ?? item?.id ?? "one");
  return `I called ${tool} and found: ${names.join("; ")}${items.length > 5 ? "; and more" : ""}.`;
}

/** A text, or the JSON of an object with the text where its schema has one. */
function shaped(
  schema: Json,
  { text, subject }: { readonly text: string; readonly subject?: string },
): string {
  if (!schema) return text;
  const properties: Record<string, Json> = schema.properties ?? {};
  return JSON.stringify(
    Object.fromEntries(
      Object.entries(properties).map(([name, one]) => [
        name,
        name === "subject" ? (subject ?? null) : sample(one, text),
      ]),
    ),
  );
}

const required = ({ properties = {}, required: names = [] }: Json): Json =>
  Object.fromEntries(names.map((name: string) => [name, sample(properties[name] ?? {}, "demo")]));

/** The simplest value that a schema allows, with a text wherever one may be. */
function sample(schema: Json, text: string): Json {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return sample(schema.anyOf[0], text);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  if (type === "object") return required(schema);
  if (type === "array") return [];
  if (type === "boolean") return false;
  if (type === "integer" || type === "number") return schema.minimum ?? 0;
  return type === "null" ? null : text.slice(0, schema.maxLength ?? text.length);
}
