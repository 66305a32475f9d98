/** A resource that an entry point may use. The environment variable named by `variable` holds its physical name. */
export type Target =
  | { readonly kind: "table" }
  | { readonly kind: "bucket"; readonly prefix: BucketPrefix }
  | { readonly kind: "queue"; readonly name: QueueName }
  | { readonly kind: "secret"; readonly name: SecretName }
  /** SES, as the stage's sender. */
  | { readonly kind: "mail" }
  /** Where links in mails lead: no resource, and so without actions. */
  | { readonly kind: "app" }
  /** The API itself, called with a caller's own token: no resource of AWS's either. */
  | { readonly kind: "api" };

/**
 * The prefixes in the one bucket, each followed by `/<brokerage id>/...`: what callers upload (they cannot read it),
 * what Gable made from it, the log's signed checkpoints, and what was exported.
 */
export const bucketPrefixes = [
  ...(["uploads/media", "uploads/pictures", "uploads/imports"] as const),
  ...(["media", "pictures", "checkpoints", "exports"] as const),
] as const;
export type BucketPrefix = (typeof bucketPrefixes)[number];

/** The keys that sign sessions, the log's checkpoints and the tokens of assistants; and who the model's provider is. */
export const secretNames = ["signing", "checkpoints", "assistant", "openai"] as const;
export type SecretName = (typeof secretNames)[number];

/**
 * The job queues: the worker's timeout in seconds, its batch size, and after how many receives a message goes to the
 * dead-letter queue. The visibility timeout is six times the worker's timeout, as AWS advises.
 */
export const queues = {
  /** An upload for a property's media has arrived in the bucket. */
  media: { timeout: 60, batch: 1, maxReceives: 8, uploads: "uploads/media" },
  /** An upload for a user's photo or a brokerage's logo has arrived. */
  pictures: { timeout: 60, batch: 1, maxReceives: 8, uploads: "uploads/pictures" },
  /** A property's media, a photo or a logo was deleted: its files must be deleted. */
  removals: { timeout: 30, batch: 10, maxReceives: 8 },
  /** An import file has arrived, or its next chunk is due. */
  imports: { timeout: 60, batch: 1, maxReceives: 8, uploads: "uploads/imports" },
  /** An export was asked for. A million rows take some minutes. */
  exports: { timeout: 600, batch: 1, maxReceives: 8 },
  /** A market analysis was asked for. */
  cma: { timeout: 30, batch: 5, maxReceives: 8 },
  /** An enquiry of a caller who learns nothing was received. */
  leads: { timeout: 30, batch: 1, maxReceives: 8 },
  /** The assistant was asked for something. */
  ai: { timeout: 190, batch: 1, maxReceives: 4 },
  /** A user's records are to be handed over to another, or back; each message is for the next step. */
  handovers: { timeout: 60, batch: 1, maxReceives: 8 },
  /** A client is to be erased; each message is for the next step. */
  erasures: { timeout: 60, batch: 1, maxReceives: 8 },
  /** A brokerage's markets are to be fitted anew. */
  markets: { timeout: 120, batch: 1, maxReceives: 8 },
  /** A brokerage's market view is to be computed anew. */
  marketviews: { timeout: 900, batch: 1, maxReceives: 4 },
  /** A page of stored items is to be brought to the shape of this release. */
  migrations: { timeout: 60, batch: 1, maxReceives: 8 },
  /** Somebody is to be invited, or asked to reset a password or to verify an email. */
  mail: { timeout: 30, batch: 1, maxReceives: 8 },
} as const satisfies Record<
  string,
  { timeout: number; batch: number; maxReceives: number; uploads?: BucketPrefix }
>;
export type QueueName = keyof typeof queues;

/** A queue's visibility timeout in seconds. */
export const visibilityOf = (queue: QueueName): number => 6 * queues[queue].timeout;

/** The environment variable that names a target. */
export function variable(target: Target): string {
  switch (target.kind) {
    case "table":
      return "TABLE_NAME";
    case "bucket":
      return "BUCKET_NAME";
    case "queue":
      return `${target.name.toUpperCase()}_QUEUE_URL`;
    case "secret":
      return `${target.name.toUpperCase()}_SECRET_ARN`;
    case "mail":
      return "MAIL_SENDER";
    case "app":
      return "APP_ORIGIN";
    case "api":
      return "API_ORIGIN";
  }
}

/**
 * A grant: `actions` on `target` become IAM statements and an environment variable, and `open` creates the
 * dependency, whose type allows these actions and no others.
 */
export interface Grant<Dependency> {
  readonly target: Target;
  readonly actions: readonly string[];
  open(name: string): Dependency;
}

export type Grants = Readonly<Record<string, Grant<unknown>>>;

/** The dependencies that an access opens, under the same names. */
export type DependenciesOf<A extends Grants> = {
  readonly [K in keyof A]: A[K] extends Grant<infer D> ? D : never;
};

/** Opens every grant with the names in the environment; a missing variable is a broken deployment and throws. */
export function openDependencies<A extends Grants>(
  access: A,
  environment: NodeJS.ProcessEnv,
): DependenciesOf<A> {
  return Object.fromEntries(
    Object.entries(access).map(([name, grant]) => {
      const value = environment[variable(grant.target)];
      if (!value) throw new Error(`The environment lacks ${variable(grant.target)}`);
      return [name, grant.open(value)];
    }),
  ) as DependenciesOf<A>;
}
