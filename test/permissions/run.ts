/** Runs checks, a few at the same time; answers what they found. */
export async function inTurns<T>(
  of: readonly T[],
  check: (one: T) => Promise<string | undefined>,
  atOnce = 6,
): Promise<string[]> {
  const found: string[] = [];
  let next = 0;
  const work = async () => {
    while (next < of.length) found.push(...[(await check(of[next++]!)) ?? []].flat());
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return found;
}
