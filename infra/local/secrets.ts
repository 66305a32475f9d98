import { randomInt, randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { AwsError } from "./aws-error.ts";
import type { Action } from "./iam.ts";
import type { Resource } from "./templates.ts";

interface Secret {
  readonly value: string;
  readonly version: string;
  readonly created: number;
}

// biome-ignore lint/suspicious/noExplicitAny: inputs as AWS documents them; the SDK's types have made them.
type Input = any;

/** Secrets Manager over one file that only its owner can read. */
export interface Secrets {
  /** The ARN by which policies name the secret that a request asks for. */
  actions(operation: string, input: Input): Action[];
  answer(operation: string, input: Input): object;
}

/** Opens the store, and gives each secret of the templates its first value as GenerateSecretString asks. */
export function openSecrets(file: string, resources: readonly Resource[]): Secrets {
  const stored: Record<string, Secret> = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  for (const { name, properties } of resources) {
    const { GenerateSecretString, SecretString } = properties;
    if (!stored[name] && (GenerateSecretString || SecretString))
      put(name, SecretString ?? generate(GenerateSecretString));
  }

  function put(name: string, value: string): Secret {
    const secret = { value, version: randomUUID(), created: Date.now() };
    stored[name] = secret;
    writeFileSync(`${file}.new`, JSON.stringify(stored), { mode: 0o600 });
    renameSync(`${file}.new`, file);
    return secret;
  }

  const find = (id: string) => resources.find(({ name, ref }) => id === ref || id === name);

  return {
    actions: (operation, { SecretId }) => [
      { action: `secretsmanager:${operation}`, resource: find(SecretId)?.ref ?? SecretId },
    ],
    answer(operation, { SecretId, SecretString }) {
      const resource = find(SecretId);
      if (!resource)
        throw new AwsError("ResourceNotFoundException", 400, "Secrets Manager can't find the secret.");
      const { name, ref } = resource;
      if (operation === "PutSecretValue") return describe(name, ref, put(name, SecretString));
      if (operation === "DescribeSecret") return { ARN: ref, Name: name };
      if (operation !== "GetSecretValue")
        throw new AwsError(
          "InvalidRequestException",
          400,
          `The local cloud has no secretsmanager:${operation}`,
        );
      const secret = stored[name];
      if (!secret) throw new AwsError("ResourceNotFoundException", 400, "The secret has no value yet.");
      return {
        ...describe(name, ref, secret),
        SecretString: secret.value,
        CreatedDate: secret.created / 1000,
      };
    },
  };
}

const describe = (name: string, arn: string, { version }: Secret) => ({
  ARN: arn,
  Name: name,
  VersionId: version,
  VersionStages: ["AWSCURRENT"],
});

function generate(options: Input): string {
  const punctuation = options.ExcludePunctuation ? "" : "!#$%&()*+,-./:;<=>?@[]^_{|}~";
  const alphabet = [
    ..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    ...punctuation,
  ].filter((character) => !options.ExcludeCharacters?.includes(character));
  const password = Array.from(
    { length: options.PasswordLength ?? 32 },
    () => alphabet[randomInt(alphabet.length)],
  ).join("");
  if (!options.SecretStringTemplate) return password;
  return JSON.stringify({
    ...JSON.parse(options.SecretStringTemplate),
    [options.GenerateStringKey]: password,
  });
}
