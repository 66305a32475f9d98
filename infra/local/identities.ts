import { createHash } from "node:crypto";
import type { Declared } from "./assembly.ts";

/** Account and region that the local cloud emulates. */
export const account = "000000000000";
export const region = "us-east-1";

/** What `Ref` and `Fn::GetAtt` say of a resource, and the name under which it exists on this machine. */
export interface Identity {
  readonly name: string;
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Where the servers of this run listen: a queue's and an API's URL carry the port. */
export interface Addresses {
  readonly api: string;
  readonly aws: string;
}

/** An ARN in the account and region that the local cloud emulates. */
export const arn = (service: string, resource: string) =>
  `arn:aws:${service}:${region}:${account}:${resource}`;
/** The name at the end of an ARN: a function's or a queue's. */
export const nameIn = (arn: string): string => arn.split(":").at(-1)!;
const byRef = (name: string): Identity => ({ name, ref: name, attributes: {} });
const withArn = (name: string, service: string, resource: string): Identity => ({
  name,
  ref: name,
  attributes: { Arn: arn(service, resource) },
});

/** How each resource type that the local cloud runs is named; the physical name is derived, so it is stable. */
const identify: Record<string, (name: string, at: Addresses) => Identity> = {
  "AWS::DynamoDB::GlobalTable": (name) => ({
    name,
    ref: name,
    attributes: {
      Arn: arn("dynamodb", `table/${name}`),
      StreamArn: arn("dynamodb", `table/${name}/stream/local`),
    },
  }),
  "AWS::S3::Bucket": (name) => ({ name, ref: name, attributes: { Arn: `arn:aws:s3:::${name}` } }),
  "AWS::SQS::Queue": (name, { aws }) => {
    const url = `${aws}/${account}/${name}`;
    return { name, ref: url, attributes: { Arn: arn("sqs", name), QueueName: name } };
  },
  "AWS::SQS::QueuePolicy": byRef,
  "AWS::SecretsManager::Secret": (name) => {
    const secretArn = arn("secretsmanager", `secret:${name}-${shortHash(name)}`);
    return { name, ref: secretArn, attributes: { Id: secretArn } };
  },
  "AWS::Lambda::Function": (name) => withArn(name, "lambda", `function:${name}`),
  "AWS::Lambda::EventSourceMapping": byRef,
  "AWS::IAM::Role": (name) => ({
    name,
    ref: name,
    attributes: { Arn: `arn:aws:iam::${account}:role/${name}` },
  }),
  "AWS::IAM::Policy": byRef,
  "AWS::ApiGatewayV2::Api": (name, { api }) => ({
    name,
    ref: name,
    attributes: { ApiEndpoint: api, ApiId: name },
  }),
  "AWS::ApiGatewayV2::Stage": byRef,
  "AWS::ApiGatewayV2::Route": byRef,
  "AWS::ApiGatewayV2::Integration": byRef,
  "AWS::Events::Rule": (name) => withArn(name, "events", `rule/${name}`),
};

/** Beginnings of types that change nothing about what runs here: observability, metadata, permissions between services. */
const ignored = [
  "AWS::CDK::Metadata",
  "AWS::CloudWatch::",
  "AWS::Lambda::Permission",
  "AWS::Logs::",
  "AWS::S3::BucketPolicy",
  "AWS::SNS::",
];

const nameProperties = [
  "TableName",
  "BucketName",
  "QueueName",
  "FunctionName",
  "RoleName",
  "LogGroupName",
  "Name",
];

/** The identity of a declared resource; throws one clear error for a type that the local cloud does not run. */
export function identityOf(declared: Declared, at: Addresses): Identity {
  const isIgnored = ignored.some((beginning) => declared.type.startsWith(beginning));
  const known = identify[declared.type] ?? (isIgnored && ((name) => withArn(name, "ignored", name)));
  if (!known)
    throw new Error(
      `The local cloud does not run ${declared.type} (${declared.stack}/${declared.logicalId}): add it in infra/local`,
    );
  return known(physicalName(declared), at);
}

function physicalName({ type, stack, logicalId, properties }: Declared): string {
  const given = nameProperties.map((name) => properties[name]).find((value) => typeof value === "string");
  if (given) return String(given);
  // The end of a logical id is CDK's hash of its path: what is cut off to fit AWS's limit is never what tells two apart.
  const name = `${stack}-${logicalId}`.slice(-63).replace(/^-+/, "");
  return type === "AWS::S3::Bucket" ? name.toLowerCase() : name;
}

const shortHash = (text: string) => createHash("sha256").update(text).digest("hex").slice(0, 6);

/**
 * Finds the one thing that `word` names: by full name, else by the end of a name, else by an unambiguous part; only
 * letters and digits are compared. Throws an error that lists the names.
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
  throw new Error(`"${word}" matches none of these, or more than one: ${known}`);
}
