import { randomBytes } from "node:crypto";
import { account } from "./identities.ts";
import type { Resource } from "./templates.ts";

/** Who signs a request, and what its policies allow. */
export interface Principal {
  readonly arn: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Whether the policies allow an action ("dynamodb:GetItem") on a resource's ARN, and on these items and attributes of a table. */
  allows(action: string, resource: string, items?: readonly Item[], attributes?: readonly string[]): boolean;
}

/** An item of a table or its key, as DynamoDB's protocol has it: `{ pk: { S: "..." } }`. */
export type Item = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** One thing that a request does, as IAM names it, and the items of a table that it is about. */
export interface Action {
  readonly action: string;
  readonly resource: string;
  readonly items?: readonly Item[];
  /** Of an update: the attributes that it names. */
  readonly attributes?: readonly string[];
}

interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Principal?: unknown;
  readonly Condition?: Record<string, Record<string, string | string[]>>;
}

interface PolicyDocument {
  readonly Statement: Statement | Statement[];
}

/** Values of the condition keys that the local cloud can tell; a list for a key that has several. */
type Circumstances = Readonly<Record<string, string | readonly string[]>>;

const list = <T>(value: T | T[] | undefined): T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

function pattern(text: string, flags = ""): RegExp {
  const escaped = text.replace(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, `s${flags}`);
}

// Everything inside this machine counts as TLS: a policy that refuses plain HTTP is for the deployed world.
const alwaysTrue: Circumstances = { "aws:SecureTransport": "true", "aws:SourceAccount": account };
const same = (value: string) => (text: string) => text === value;
const alike = (value: string) => (text: string) => pattern(value).test(text);
const operators: Readonly<Record<string, (value: string) => (text: string) => boolean>> = {
  Bool: same,
  StringEquals: same,
  StringLike: alike,
  ArnEquals: alike,
  ArnLike: alike,
};

/** One condition: its operator, of a key with several values after `ForAnyValue:` or `ForAllValues:`. */
function condition(name: string, key: string, wanted: readonly string[]) {
  const [, qualifier, operator = ""] = /^(ForAnyValue:|ForAllValues:)?(.+)$/.exec(name) ?? [];
  const matcher = operators[operator];
  if (!matcher) throw new Error(`The local cloud does not know IAM's condition ${name}`);
  const matchers = wanted.map((value) => matcher(String(value)));
  return (circumstances: Circumstances) => {
    const given = [circumstances[key] ?? (qualifier ? [] : "")].flat();
    const isWanted = (value: string) => matchers.some((matches) => matches(value));
    return qualifier === "ForAllValues:" ? given.every(isWanted) : given.some(isWanted);
  };
}

function compile(statement: Statement) {
  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => condition(operator, key, list(values))),
  );
  if (!statement.Action || !statement.Resource)
    throw new Error("The local cloud reads IAM statements with Action and Resource only");
  const actions = list(statement.Action).map((action) => pattern(action, "i"));
  const resources = list(statement.Resource).map((resource) => pattern(resource));
  return {
    effect: statement.Effect,
    matches: (action: string, resource: string, circumstances: Circumstances) =>
      actions.some((a) => a.test(action)) &&
      resources.some((r) => r.test(resource)) &&
      conditions.every((holds) => holds(circumstances)),
  };
}

/** Decides as IAM does: an explicit deny wins, then an allow, else no. */
function policy(
  documents: readonly PolicyDocument[],
  applies: (statement: Statement) => boolean = () => true,
) {
  const statements = documents.flatMap((document) => list(document.Statement).filter(applies).map(compile));
  return (action: string, resource: string, circumstances: Circumstances = {}) => {
    const all = { ...alwaysTrue, ...circumstances };
    const matching = statements.filter((statement) => statement.matches(action, resource, all));
    return matching.length > 0 && matching.every(({ effect }) => effect === "Allow");
  };
}

/** What AWS's managed policies grant that the local cloud does not have (logs, traces). */
const managedPolicies = ["service-role/AWSLambdaBasicExecutionRole", "AWSXRayDaemonWriteAccess"];

/** A principal for each function, by function name, with the policies of its role in the templates. */
export function functionPrincipals(resources: readonly Resource[]): Map<string, Principal> {
  const policies = resources.filter(({ type }) => type === "AWS::IAM::Policy");
  const roles = new Map<string, Resource>();
  for (const role of resources) if (role.type === "AWS::IAM::Role") roles.set(role.arn, role);
  const principals = new Map<string, Principal>();
  const leadingKeys = leadingKeysOf(resources);
  for (const lambda of resources.filter(({ type }) => type === "AWS::Lambda::Function")) {
    const role = roles.get(lambda.properties.Role);
    if (!role) throw new Error(`${lambda.stack}/${lambda.logicalId}: its role is in no template`);
    for (const managed of list<string>(role.properties.ManagedPolicyArns))
      if (!managedPolicies.some((known) => managed.endsWith(`:policy/${known}`)))
        throw new Error(`${role.logicalId}: the local cloud does not know the managed policy ${managed}`);
    const attached = policies.filter(({ properties }) => list(properties.Roles).includes(role.ref));
    const inline = list<{ PolicyDocument: PolicyDocument }>(role.properties.Policies);
    const documents = [...inline, ...attached.map(({ properties }) => properties)].map(
      (p) => p.PolicyDocument,
    );
    const session = `arn:aws:sts::${account}:assumed-role/${role.name}/${lambda.name}`;
    const decide = policy(documents);
    const allows: Principal["allows"] = (action, resource, items = [], attributes = []) =>
      decide(action, resource, {
        "dynamodb:LeadingKeys": leadingKeys(resource, items),
        "dynamodb:Attributes": attributes,
      });
    principals.set(lambda.name, { arn: session, ...newCredentials(), allows });
  }
  return principals;
}

/** Tells IAM's `dynamodb:LeadingKeys`: the items' values of their table's partition attribute. */
function leadingKeysOf(resources: readonly Resource[]) {
  const partitions = new Map<string, string>();
  for (const { type, arn, properties } of resources)
    if (type === "AWS::DynamoDB::GlobalTable") {
      const keys: { AttributeName: string; KeyType: string }[] = properties.KeySchema;
      partitions.set(arn, keys.find(({ KeyType }) => KeyType === "HASH")!.AttributeName);
    }
  return (resource: string, items: readonly Item[]): string[] =>
    items.flatMap((item) => Object.values(item[partitions.get(resource) ?? ""] ?? {}).map(String));
}

/** The administrator, for scripts and tests: may do everything. */
export function adminPrincipal(): Principal {
  return { arn: `arn:aws:iam::${account}:user/admin`, ...newCredentials(), allows: () => true };
}

/** Whether a queue's policy lets an AWS service ("s3.amazonaws.com") send to it on behalf of a source's ARN. */
export function serviceMaySend(
  resources: readonly Resource[],
  queue: Resource,
  service: string,
  source: string,
) {
  const ofService = ({ Principal }: Statement) =>
    Principal === "*" ||
    list((Principal as { Service?: string | string[]; AWS?: string })?.Service).includes(service);
  const documents = resources
    .filter(
      ({ type, properties }) =>
        type === "AWS::SQS::QueuePolicy" && list(properties.Queues).includes(queue.ref),
    )
    .map(({ properties }) => properties.PolicyDocument as PolicyDocument);
  return policy(documents, ofService)("sqs:SendMessage", queue.arn, { "aws:SourceArn": source });
}

function newCredentials() {
  return {
    accessKeyId: `ASIA${randomBytes(8).toString("hex").toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString("base64url"),
    sessionToken: randomBytes(48).toString("base64url"),
  };
}

/** The environment variables by which an SDK signs as a principal. */
export function credentialsOf(principal: Principal): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: principal.accessKeyId,
    AWS_SECRET_ACCESS_KEY: principal.secretAccessKey,
    AWS_SESSION_TOKEN: principal.sessionToken,
  };
}

/** The sentence with which AWS refuses. What is allowed on the resource as such, a deny of the items forbids. */
export function refusal(principal: Principal, { action, resource }: Action): string {
  const why = principal.allows(action, resource)
    ? "with an explicit deny in an identity-based policy"
    : `because no identity-based policy allows the ${action} action`;
  return `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
}
