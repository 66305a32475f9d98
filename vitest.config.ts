import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

// What Node has compiled is kept: more than twenty processes of a run load the same files, most of them of CDK and SDKs.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, ".build/compiled");

const long = 120_000;
/** What goes through every brokerage or every item. */
const all = "test/journeys/{erasure,log-checkpoints,migrations,markets,records,stored-walk}.test.ts";
/** Proofs that compare all that is stored, by project: each alone in a cloud whose workers stand still. */
const still = {
  "prove-still-crash": "test/prove/bar-14-crash.prove.ts",
  "prove-still-lost-answers": "test/prove/bar-13-lost-answers.prove.ts",
};
const scale = "test/prove/*-at-scale.prove.ts";
const iam = "test/prove/bar-25-iam.prove.ts";
const fuzz = "test/prove/bar-01-fuzz.prove.ts";

/**
 * Vitest takes projects by name and the largest files of each first, until a run has told which take longest. One of the
 * last so takes longest of all, and would end alone.
 */
class AccuracyFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isAccuracy = ({ moduleId }: TestSpecification) => moduleId.endsWith("/cma-accuracy.test.ts");
    const sorted = await super.sort(files);
    return [...sorted.filter(isAccuracy), ...sorted.filter((file) => !isAccuracy(file))];
  }
}

const quickJava = { JAVA_TOOL_OPTIONS: "-XX:TieredStopAtLevel=1" };

/** `npm test` runs unit and both of cloud, `npm run prove` the long proofs, `npm run bench` the table of costs. */
export default defineConfig({
  test: {
    // For two cores: a worker often waits for a job or a schedule. `npm test`, whose files are short, takes four.
    maxWorkers: 3,
    // The functions' logs of a test are shown when it fails.
    silent: "passed-only",
    // Node runs the tests' TypeScript as it runs the product's.
    experimental: { viteModuleRunner: false },
    sequence: { sequencer: AccuracyFirst },
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/{unit,infra}/**/*.test.ts"],
          // Their Java lives for seconds: compiled quickly, it starts with half of the processor time. CDK's own look at
          // templates only prints warnings, and takes most of a synthesis; `npm run synth` and `lint` show them.
          env: { ...quickJava, CDK_VALIDATION: "false" },
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "cloud",
          include: ["test/{journeys,contract,bench}/**/*.test.ts"],
          exclude: [all],
          globalSetup: "test/setup.ts",
          // Files share a process and what they import: loading all of it again took a seventh of the time.
          isolate: false,
          testTimeout: long,
          hookTimeout: long,
        },
      },
      // In a cloud of their own: the other tests make hundreds of brokerages.
      {
        test: {
          name: "cloud-of-few",
          include: [all],
          // Its Java works for half a minute.
          env: quickJava,
          globalSetup: "test/setup.ts",
          testTimeout: long,
          hookTimeout: long,
        },
      },
      {
        test: {
          name: "bench",
          include: ["test/bench/**/*.bench.ts"],
          globalSetup: "test/setup.ts",
          testTimeout: 900_000,
          hookTimeout: long,
        },
      },
      // The longest first: the others run beside it, in the order of their projects' names.
      {
        test: {
          name: "prove-fuzz",
          include: [fuzz],
          globalSetup: "test/setup.ts",
          testTimeout: 3_600_000,
          hookTimeout: long,
        },
      },
      {
        test: {
          name: "prove-iam",
          include: [iam],
          globalSetup: "test/setup.ts",
          testTimeout: 600_000,
          hookTimeout: long,
        },
      },
      {
        test: {
          name: "prove-rest",
          include: ["test/prove/**/*.prove.ts"],
          exclude: [...Object.values(still), scale, iam, fuzz],
          globalSetup: "test/setup.ts",
          testTimeout: 3_600_000,
          hookTimeout: long,
        },
      },
      {
        test: {
          name: "prove-scale",
          include: [scale],
          globalSetup: "test/setup.ts",
          testTimeout: 3_600_000,
          hookTimeout: long,
        },
      },
      ...Object.entries(still).map(([name, file]) => ({
        test: {
          name,
          include: [file],
          globalSetup: "test/setup.ts",
          testTimeout: 600_000,
          hookTimeout: long,
        },
      })),
    ],
  },
});
