import type { RemovalPolicy } from "aws-cdk-lib";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";

// CDK's words, without CDK: a command would need a second more to say what is wrong with its line.
const [destroy, retain] = ["destroy" as RemovalPolicy.DESTROY, "retain" as RemovalPolicy.RETAIN];

/** Requests a second, and how many may come at once; the gateway answers 429 beyond. */
export interface Throttle {
  readonly rate: number;
  readonly burst: number;
}

/** Everything in which one deployment differs from another. */
export interface Stage {
  readonly name: string;
  /**
   * Over all callers. A route that anyone may call, and one that hashes a password (some 150 ms of a processor), has a
   * limit of its own, so that one anonymous caller uses up that and no more.
   */
  readonly throttle: Throttle & { readonly public: Throttle; readonly password: Throttle };
  /** Workers of one queue that run at the same time (2 or more). */
  readonly workers: number;
  /** In days. */
  readonly logRetention: RetentionDays;
  /** What becomes of table, bucket, secrets and logs when their stack is deleted. */
  readonly removal: RemovalPolicy;
  /** Whether DynamoDB refuses to delete the table. */
  readonly deletionProtection: boolean;
  /** Origins of the websites that may call the API and upload to the bucket; none means no browser may. */
  readonly corsOrigins: readonly string[];
  /** The address that mails are sent from. SES must have verified its domain (runbook). */
  readonly mailSender: string;
  /** Where links in mails lead: the web app's origin. The API's own address unless said. */
  readonly appOrigin?: string;
  /** Who is written to when an alarm goes off; without it alarms only show in CloudWatch. */
  readonly alarmEmail?: string;
}

/** The deployments of Gable. The local cloud runs `dev`. */
export const stages = {
  dev: {
    name: "dev",
    throttle: {
      rate: 100,
      burst: 200,
      public: { rate: 50, burst: 100 },
      password: { rate: 10, burst: 20 },
    },
    workers: 5,
    logRetention: 7,
    removal: destroy,
    deletionProtection: false,
    corsOrigins: ["*"],
    mailSender: "no-reply@gable.example",
  },
  staging: {
    name: "staging",
    throttle: {
      rate: 100,
      burst: 200,
      public: { rate: 50, burst: 100 },
      password: { rate: 10, burst: 20 },
    },
    workers: 5,
    logRetention: 30,
    removal: destroy,
    deletionProtection: true,
    corsOrigins: [],
    mailSender: "no-reply@gable.example",
  },
  prod: {
    name: "prod",
    throttle: {
      rate: 1000,
      burst: 2000,
      public: { rate: 200, burst: 400 },
      password: { rate: 50, burst: 100 },
    },
    workers: 20,
    logRetention: 365,
    removal: retain,
    deletionProtection: true,
    corsOrigins: [],
    mailSender: "no-reply@gable.example",
  },
} as const satisfies Record<string, Stage>;

export type StageName = keyof typeof stages;

/** The stage of that name; an unknown name throws and says which there are. */
export function stageNamed(name: string): Stage {
  if (Object.hasOwn(stages, name)) return stages[name as StageName];
  throw new Error(`There is no stage "${name}": choose ${Object.keys(stages).join(", ")}`);
}
