import { invalidInput } from "../domain/problem.ts";
import { hashPassword } from "./passwords.ts";

/** Guesses, as a power of ten, that a password must be worth: fewer are within reach of patient guessing online. */
const leastGuesses = 8;

/** What attackers try first here, beside the account's own words. */
const ourWords = ["gable", "realty", "realtor", "real estate", "brokerage"];

let check: ((password: string, words: string[]) => number) | undefined;

/**
 * Hashes a password that somebody chose. One that is common, or made of common ones, runs of the keyboard, repetitions
 * or the account's own `words`, is refused at `path` (NIST SP 800-63B-4, 3.1.1.2).
 */
export async function hashNewPassword(
  password: string,
  path: string,
  words: readonly string[],
): Promise<string> {
  check ??= await loadCheck();
  if (check(password.normalize("NFKC"), [...words, ...ourWords]) < leastGuesses)
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
  return (password: string, words: string[]) => estimator.check(password, words).guessesLog10;
}
