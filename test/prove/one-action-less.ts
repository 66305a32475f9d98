import { patchTemplates, type Resources } from "./patch-templates.ts";
import { withoutSchedules, withoutWorkers } from "./without-workers.ts";

type Resource = Resources[string];

/** The services that entry points speak to; what Lambda does in a role's name for logs and triggers is not theirs. */
const services = ["dynamodb", "s3", "secretsmanager", "ses", "sqs"];
const triggers = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes", "ChangeMessageVisibility"].map(
  (action) => `sqs:${action}`,
);

/** The name of a function's copy that may do everything but `action`. */
export const lacking = (functionName: string, action: string): string =>
  `${functionName}-minus-${action.replace(":", "-")}`;

/** The path of the same copy. */
export const pathLacking = (path: string, action: string): string =>
  `/minus/${action.replace(":", "-")}${path}`;

/** The operations that the quick version looks at. */
export const sample = ["getProperty", "createProperty", "listProperties"];

/** Patches an assembly: copies as below of the sample, and no schedule runs by itself. */
export async function sampleOneActionLess(assembly: string): Promise<void> {
  await withoutSchedules(assembly);
  await copiesOf((name) => sample.some((id) => name.endsWith(`-${id}`)))(assembly);
}

/** Patches an assembly: copies as below of every function, and no worker runs by itself. */
export async function oneActionLess(assembly: string): Promise<void> {
  await withoutWorkers(assembly);
  await copiesOf(() => true)(assembly);
}

/**
 * Patches an assembly: functions get a copy for each of their actions, whose role lacks that one action, and the copy
 * of an operation has a route of its own. Copies named "minus-nothing" lack nothing.
 */
const copiesOf = (wanted: (functionName: string) => boolean) => (assembly: string) =>
  patchTemplates(assembly, (resources) => {
    for (const [id, { Type, Properties }] of Object.entries(resources))
      if (Type === "AWS::Lambda::Function" && wanted(Properties.FunctionName)) copyFunction(resources, id);
  });

/** The actions of a function's own in its role, "dynamodb:GetItem" and the like. */
function actionsOf(role: Resource): string[] {
  const statements = role.Properties.Policies.flatMap(
    (policy: { PolicyDocument: { Statement: unknown } }) => policy.PolicyDocument.Statement,
  ) as { Effect: string; Action: string | string[]; Condition?: object }[];
  // What is allowed under a condition is noting that an API key was used, for which no request fails.
  const allowed = statements.filter(({ Effect, Condition }) => Effect === "Allow" && !Condition);
  const actions = new Set(allowed.flatMap(({ Action }) => Action));
  const isOwn = (action: string) =>
    services.includes(action.split(":")[0]!) &&
    !triggers.includes(action) &&
    !/Stream|Shard|Records/.test(action);
  return [...actions].filter(isOwn);
}

function copyFunction(resources: Resources, id: string): void {
  const original = resources[id]!;
  const roleId: string = original.Properties.Role["Fn::GetAtt"][0];
  for (const action of [...actionsOf(resources[roleId]!), "nothing"]) {
    const suffix = `Minus${action.replace(/\W/g, "")}`;
    const role = structuredClone(resources[roleId]!);
    for (const policy of role.Properties.Policies)
      policy.PolicyDocument.Statement = without(policy.PolicyDocument.Statement, action);
    resources[roleId + suffix] = role;
    const copy = structuredClone(original);
    copy.Properties.FunctionName = lacking(original.Properties.FunctionName, action);
    copy.Properties.Role["Fn::GetAtt"][0] = roleId + suffix;
    resources[id + suffix] = copy;
    copyRoute(resources, id, suffix, action);
  }
}

const without = (statements: { Action: string | string[] }[], action: string) =>
  statements.flatMap((statement) => {
    const Action = [statement.Action].flat().filter((one) => one !== action);
    return Action.length > 0 ? [{ ...statement, Action }] : [];
  });

function copyRoute(resources: Resources, functionId: string, suffix: string, action: string): void {
  const entries = Object.entries(resources);
  const refersTo = (resource: Resource, id: string) =>
    JSON.stringify(resource.Properties).includes(`"${id}"`);
  const integration = entries.find(
    ([, one]) => one.Type === "AWS::ApiGatewayV2::Integration" && refersTo(one, functionId),
  );
  const route =
    integration &&
    entries.find(([, one]) => one.Type === "AWS::ApiGatewayV2::Route" && refersTo(one, integration[0]));
  if (!route || route[1].Properties.RouteKey === "$default") return;
  const renamed = (resource: Resource, from: string) =>
    JSON.parse(JSON.stringify(resource).replaceAll(`"${from}"`, `"${from}${suffix}"`)) as Resource;
  resources[integration[0] + suffix] = renamed(integration[1], functionId);
  const copy = renamed(route[1], integration[0]);
  const [method, path] = copy.Properties.RouteKey.split(" ");
  copy.Properties.RouteKey = `${method} ${pathLacking(path, action)}`;
  resources[route[0] + suffix] = copy;
}
