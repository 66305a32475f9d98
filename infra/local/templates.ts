import type { Declared, Stack } from "./assembly.ts";
import { type Addresses, account, type Identity, identityOf, region } from "./identities.ts";

/** A resource with its names and its properties, every intrinsic resolved. */
export interface Resource extends Identity {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's properties, read as AWS documents them.
  readonly properties: any;
  /** The `Arn` attribute, or "" for a type that has none. */
  readonly arn: string;
}

const pseudo: Record<string, string> = {
  "AWS::Region": region,
  "AWS::AccountId": account,
  "AWS::Partition": "aws",
  "AWS::URLSuffix": "amazonaws.com",
};

/** Resolves the intrinsics of all stacks together, exports and imports between them included. */
export function resolveStacks(stacks: readonly Stack[], at: Addresses): Resource[] {
  const identities = new Map<string, Identity>();
  for (const declared of stacks.flatMap((stack) => stack.resources))
    identities.set(`${declared.stack}/${declared.logicalId}`, identityOf(declared, at));

  const exported = new Map<string, { stack: string; value: unknown }>();
  for (const stack of stacks)
    for (const { Value, Export } of Object.values(stack.outputs))
      if (Export) exported.set(String(resolve(Export.Name, stack.name)), { stack: stack.name, value: Value });

  return stacks.flatMap((stack) => stack.resources.map(resolved));

  function resolved(declared: Declared): Resource {
    const { stack, logicalId, type } = declared;
    const identity = identities.get(`${stack}/${logicalId}`)!;
    const properties = resolve(declared.properties, stack);
    return { ...identity, stack, logicalId, type, properties, arn: identity.attributes.Arn ?? "" };
  }

  function resolve(value: unknown, stack: string): unknown {
    if (Array.isArray(value))
      return value.map((item) => resolve(item, stack)).filter((item) => item !== undefined);
    if (typeof value !== "object" || value === null) return value;
    const entries = Object.entries(value);
    const [key, argument] = entries[0] ?? ["", undefined];
    if (entries.length === 1 && (key === "Ref" || key.startsWith("Fn::")))
      return intrinsic(key, argument, stack);
    return Object.fromEntries(entries.map(([name, item]) => [name, resolve(item, stack)]));
  }

  function intrinsic(name: string, argument: unknown, stack: string): unknown {
    if (name === "Ref") return reference(String(argument), stack);
    if (name === "Fn::Sub")
      return String(argument).replace(/\$\{([^}]+)\}/g, (_, inner) => String(reference(inner, stack)));
    if (name === "Fn::GetAtt") {
      const [logicalId, attribute] = argument as [string, string];
      return attributeOf(logicalId, attribute, stack);
    }
    const resolved = resolve(argument, stack);
    if (name === "Fn::ImportValue") return imported(String(resolved));
    if (name === "Fn::Join") {
      const [separator, parts] = resolved as [string, string[]];
      return parts.join(separator);
    }
    throw new Error(`${stack}: the local cloud does not know ${name}`);
  }

  function reference(name: string, stack: string): string | undefined {
    if (name === "AWS::StackName") return stack;
    if (name === "AWS::NoValue") return undefined;
    const found = pseudo[name] ?? identities.get(`${stack}/${name}`)?.ref;
    if (found === undefined) throw new Error(`${stack}: nothing is called ${name}`);
    return found;
  }

  function attributeOf(logicalId: string, attribute: string, stack: string): string {
    const found = identities.get(`${stack}/${logicalId}`)?.attributes[attribute];
    if (found === undefined)
      throw new Error(`${stack}: the local cloud does not know ${logicalId}.${attribute}`);
    return found;
  }

  function imported(name: string): unknown {
    const found = exported.get(name);
    if (!found) throw new Error(`No stack exports ${name}`);
    return resolve(found.value, found.stack);
  }
}
