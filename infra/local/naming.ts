/**
 * The one thing that a person's word names: by a full name, else by how a name ends, else by an unmistakable part,
 * letters and digits alone compared. Throws a line with the names there are.
 */
export function named<Thing>(
  things: readonly Thing[],
  namesOf: (thing: Thing) => readonly string[],
  word: string,
): Thing {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, "");
  const fits = [
    (name: string) => name === word,
    (name: string) => plain(name).endsWith(plain(word)),
    (name: string) => plain(name).includes(plain(word)),
  ];
  for (const fit of fits) {
    const [found, another] = things.filter((thing) => namesOf(thing).some(fit));
    if (found && !another) return found;
  }
  const known = things.map((thing) => namesOf(thing).at(-1)).join(", ");
  throw new Error(`"${word}" names none of these, or more than one: ${known}`);
}
