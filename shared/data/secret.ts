import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Grant, SecretName } from "./grant.ts";

/** Reads one secret's text; read once in a process and kept. */
export interface SecretReader {
  read(): Promise<string>;
}

/** Grant: read a secret. */
export function readSecret(name: SecretName): Grant<SecretReader> {
  return {
    target: { kind: "secret", name },
    actions: ["secretsmanager:GetSecretValue"],
    open(SecretId) {
      let kept: string | undefined;
      return {
        async read() {
          if (kept !== undefined) return kept;
          const answer = await new SecretsManagerClient({}).send(new GetSecretValueCommand({ SecretId }));
          kept = answer.SecretString ?? "";
          return kept;
        },
      };
    },
  };
}
