import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { AwsError, unsupported } from "./aws-error.ts";
import type { Action } from "./iam.ts";
import type { Resource } from "./templates.ts";

// biome-ignore lint/suspicious/noExplicitAny: inputs as AWS documents them; the SDK's types have made them.
type Input = any;

/** Secrets Manager over one file that only its owner can read. */
export interface Secrets {
  /** The ARN by which policies name the secret that a request asks for. */
  actions(operation: string, input: Input): Action[];
  answer(operation: string, input: Input): object;
}

/** Opens the store, and gives each secret of the templates a generated first value. */
export function openSecrets(file: string, resources: readonly Resource[]): Secrets {
  const values: Record<string, string> = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  for (const { name } of resources) if (!values[name]) put(name, randomBytes(16).toString("hex"));
  const find = (id: string) => resources.find(({ name, ref }) => id === ref || id === name);

  return {
    actions: (operation, { SecretId }) => [
      { action: `secretsmanager:${operation}`, resource: find(SecretId)?.ref ?? SecretId },
    ],
    answer(operation, { SecretId, SecretString }) {
      const secret = find(SecretId);
      if (!secret)
        throw new AwsError("ResourceNotFoundException", 400, "Secrets Manager can't find the secret.");
      const { name, ref: ARN } = secret;
      if (operation === "GetSecretValue") return { ARN, Name: name, SecretString: values[name] };
      if (operation !== "PutSecretValue") throw unsupported("secretsmanager", operation);
      put(name, SecretString);
      return { ARN, Name: name };
    },
  };

  function put(name: string, value: string): void {
    values[name] = value;
    writeFileSync(`${file}.new`, JSON.stringify(values), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }
}
