import {
  type Element,
  type Part,
  type Phrase,
  readPhrase,
  type Sequence,
  type Vocabulary,
} from "./phrase-syntax.ts";
import { isStop, type Token } from "./tokens.ts";

/**
 * A set of phrases that are looked for together; each belongs to a `T`, such as a rule. They are one automaton over
 * words whose deterministic states are made when a text first needs them: a word costs a look-up, whatever the number
 * of phrases and whatever the text.
 */
export interface Phrasebook<T> {
  /** Every word that the phrases know. */
  readonly words: ReadonlySet<string>;
  readonly nodes: readonly Node<T>[];
  readonly start: State<T>;
  readonly states: Map<string, State<T>>;
}

/** A phrase found: tokens `from` to `to`, the last not included. */
export interface Found<T> {
  readonly of: T;
  readonly from: number;
  readonly to: number;
}

/** A place in the phrases, with the places that each kind of token leads to. */
interface Node<T> {
  readonly words: Map<string, number[]>;
  readonly number: number[];
  /** Any token but the end of a sentence. */
  readonly any: number[];
  readonly stop: number[];
  /** Places that are reached without a token. */
  readonly free: number[];
  accepts?: T;
}

/** Places in which a search may be at the same time. */
interface State<T> {
  readonly nodes: readonly number[];
  readonly accepts: readonly T[];
  readonly next: Map<string, State<T>>;
}

/** More states than a text of any sense needs; then they are made anew. */
const mostStates = 20_000;

/** Reads phrases once, so that many texts can be searched. Throws on a phrase that cannot be read. */
export function phrasebook<T>(
  entries: Iterable<{ readonly of: T; readonly phrases: readonly Phrase[] }>,
  vocabulary: Vocabulary = {},
): Phrasebook<T> {
  const words = new Set<string>();
  const nodes: Node<T>[] = [];
  const add = (): number => nodes.push({ words: new Map(), number: [], any: [], stop: [], free: [] }) - 1;
  const begin = add();

  /** Adds a part that leads from one place to another. */
  function part(one: Part, from: number, to: number): void {
    const node = nodes[from]!;
    if ("word" in one) {
      if (one.word === ".") node.stop.push(to);
      else {
        words.add(one.word);
        const there = node.words.get(one.word);
        if (there) there.push(to);
        else node.words.set(one.word, [to]);
      }
    } else if ("of" in one) for (const each of one.of) sequence(each, from, to);
    else if ("any" in one) {
      if (one.any === "number") node.number.push(to);
      else {
        const loop = add();
        node.free.push(loop);
        nodes[loop]!.any.push(loop);
        nodes[loop]!.free.push(to);
      }
    } else {
      node.free.push(to);
      let at = from;
      for (let left = one.gap; left > 0; left--) {
        const next = add();
        nodes[at]!.any.push(next);
        nodes[next]!.free.push(to);
        at = next;
      }
    }
  }
  function element(one: Element, from: number, to: number): void {
    if ("optional" in one) {
      nodes[from]!.free.push(to);
      part(one.optional, from, to);
    } else part(one, from, to);
  }
  function sequence(elements: Sequence, from: number, to: number): void {
    // Each place behind an element is its own, so that an optional one leads nowhere else.
    let at = from;
    for (const [index, one] of elements.entries()) {
      const next = index === elements.length - 1 ? to : add();
      element(one, at, next);
      at = next;
    }
  }

  for (const { of, phrases } of entries)
    for (const phrase of phrases) {
      const elements = readPhrase(phrase, vocabulary);
      const end = add();
      nodes[end]!.accepts = of;
      const from = add();
      sequence(elements, from, end);
      if (reached(nodes, [from]).some((node) => node === end || nodes[node]!.any.length > 0))
        throw new Error(`A phrase must begin with a word: ${phrase}`);
      nodes[begin]!.free.push(from);
    }
  return { words, nodes, start: startOf(nodes, begin), states: new Map() };
}

/** The beginning of all phrases: their first words, brought together, so that no step looks at all of them. */
function startOf<T>(nodes: Node<T>[], begin: number): State<T> {
  const first = nodes.push({ words: new Map(), number: [], any: [], stop: [], free: [] }) - 1;
  const gathered = nodes[first]!;
  for (const index of reached(nodes, [begin])) {
    const { words, number, stop } = nodes[index]!;
    gathered.number.push(...number);
    gathered.stop.push(...stop);
    for (const [word, to] of words) {
      const there = gathered.words.get(word);
      if (there) there.push(...to);
      else gathered.words.set(word, [...to]);
    }
  }
  return { nodes: [first], accepts: [], next: new Map() };
}

/** The places that are reached from some without a token, those included. */
function reached<T>(nodes: readonly Node<T>[], from: readonly number[]): number[] {
  const seen = new Set(from);
  for (const one of seen) for (const to of nodes[one]!.free) seen.add(to);
  return [...seen];
}

/** Of each `T`, its phrases at all places, each as long as it can be; one may be found inside another. */
export function findAll<T>(book: Phrasebook<T>, tokens: readonly Token[]): Found<T>[] {
  if (book.states.size > mostStates) {
    book.states.clear();
    book.start.next.clear();
  }
  const found: Found<T>[] = [];
  const end: Token = { word: ".", span: [0, 0] };
  for (let from = 0; from < tokens.length; from++) {
    const longest = new Map<T, number>();
    let state: State<T> | undefined = book.start;
    for (let at = from; state && at <= tokens.length; at++) {
      for (const of of state.accepts) longest.set(of, at);
      state = step(book, state, tokens[at] ?? end);
    }
    if (state) for (const of of state.accepts) longest.set(of, tokens.length);
    for (const [of, to] of longest) found.push({ of, from, to });
  }
  return found;
}

const numeric = (word: string) => /^\d+$/.test(word);

/** The state after a token; undefined where no phrase goes on. */
function step<T>(book: Phrasebook<T>, state: State<T>, token: Token): State<T> | undefined {
  const { word } = token;
  const kind = isStop(token) ? "." : book.words.has(word) ? word : numeric(word) ? "0" : "*";
  const known = state.next.get(kind);
  if (known) return known.nodes.length === 0 ? undefined : known;
  const to: number[] = [];
  for (const index of state.nodes) {
    const { words, number, any, stop } = book.nodes[index]!;
    if (kind === ".") to.push(...stop);
    else {
      to.push(...(words.get(word) ?? []), ...any);
      if (numeric(word)) to.push(...number);
    }
  }
  const made = stateOf(book, to);
  state.next.set(kind, made);
  return made.nodes.length === 0 ? undefined : made;
}

function stateOf<T>({ nodes, states }: Phrasebook<T>, from: readonly number[]): State<T> {
  const all = reached(nodes, from).sort((one, other) => one - other);
  const key = all.join();
  const known = states.get(key);
  if (known) return known;
  const accepts = [...new Set(all.flatMap((index) => nodes[index]!.accepts ?? []))];
  const made: State<T> = { nodes: all, accepts, next: new Map() };
  states.set(key, made);
  return made;
}
