/** `npm run record-shapes`: notes the stored shapes as they are now, with their versions. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSources, shapesOf } from "./stored-shapes.ts";

const file = join(import.meta.dirname, "stored-shapes.json");
writeFileSync(file, `${JSON.stringify(await shapesOf(readSources()), null, 2)}\n`);
console.log(`Noted in ${file}`);
