import { type Count, type Figures, figuresOf, precision, readSet, recall } from "./gate-set.ts";

const usage = `Prints how well the gates of shared/ai/gates do on the labelled sets beside this file.

  node test/ai/gate-figures.ts [--misses] [phrases.jsonl ...]

--misses lists what went otherwise than the set says.`;

if (process.argv.includes("--help")) console.log(usage);
else {
  const named = process.argv.slice(2).filter((one) => !one.startsWith("--"));
  for (const name of named.length > 0 ? named : ["phrases.jsonl", "phrases-unseen.jsonl"])
    print(name, figuresOf(readSet(name)));
}

function print(name: string, { blocks, raised, facts, misses }: Figures): void {
  console.log(`\n${name}`);
  table("Fair housing: blocks", blocks);
  table("Fair housing: blocks and reviews", raised);
  table("Facts that are not ok", facts);
  if (process.argv.includes("--misses")) console.log(`\n${misses.join("\n")}`);
}

function table(title: string, counts: readonly Count[]): void {
  console.log(
    `\n| ${title} | items | right | false | missed | precision | recall |\n|---|---|---|---|---|---|---|`,
  );
  for (const count of counts)
    console.log(
      `| ${count.class} | ${count.items} | ${count.right} | ${count.wrong} | ${count.missed} | ` +
        `${precision(count).toFixed(2)} | ${recall(count).toFixed(2)} |`,
    );
}
