import { invalidInput } from "../domain/problem.ts";
import { hashPassword } from "./passwords.ts";

/** How many guesses a password must take at least, as a power of ten: fewer are possible online, with patience. */
const leastGuesses = 8;

/** What attackers try first here, beside the account's own words. */
const ourWords = ["gable", "realty", "realtor", "realestate", "brokerage"];

let check: ((password: string, words: string[]) => number) | undefined;

/**
 * Hashes a password that somebody chose. One that is common, or made of common ones, runs of the keyboard, repetitions
 * or the account's own `words` (names, an email), is refused at `path` (NIST SP 800-63B-4, 3.1.1.2).
 */
export async function hashNewPassword(
  password: string,
  path: string,
  words: readonly string[],
): Promise<string> {
  check ??= await loadCheck();
  // Each name as it is, in one word, and its parts.
  const forms = words.flatMap((word) => [
    word,
    word.replace(/[^\p{L}\p{N}]/gu, ""),
    ...word.split(/[^\p{L}\p{N}]+/u),
  ]);
  if (check(password.normalize("NFKC"), [...forms, ...ourWords].filter(Boolean)) < leastGuesses)
    throw invalidInput(path, "is too easy to guess: use several words that are unrelated to you");
  return hashPassword(password);
}

/** The lists are large: only a function that sets a password waits for them. */
async function loadCheck() {
  const [{ ZxcvbnFactory }, { adjacencyGraphs, dictionary }] = await Promise.all([
    import("@zxcvbn-ts/core"),
    import("@zxcvbn-ts/language-common"),
  ]);
  const estimator = new ZxcvbnFactory({ graphs: adjacencyGraphs, dictionary });
  return (password: string, words: string[]) => {
    const { sequence } = estimator.check(password, words);
    // The parts, in any order. The library's own sum adds 10,000 for each further part, whatever the parts are.
    const orders = sequence.reduce((sum, _, at) => sum + Math.log10(at + 1), 0);
    return sequence.reduce((sum, { guessesLog10 }) => sum + guessesLog10, orders);
  };
}
