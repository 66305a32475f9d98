import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Grant, SecretName } from "./grant.ts";

/** Reads one secret's text; kept for a minute, so that a key which was withdrawn signs nothing for longer. */
export interface SecretReader {
  read(): Promise<string>;
}

/** Milliseconds. */
const keptFor = 60_000;

let client: SecretsManagerClient | undefined;

/** Grant: read a secret. */
export function readSecret(name: SecretName): Grant<SecretReader> {
  return {
    target: { kind: "secret", name },
    actions: ["secretsmanager:GetSecretValue"],
    open(SecretId) {
      let kept: { readonly text: string; readonly readAt: number } | undefined;
      return {
        async read() {
          if (kept && Date.now() - kept.readAt < keptFor) return kept.text;
          const readAt = Date.now();
          client ??= new SecretsManagerClient({});
          const { SecretString = "" } = await client.send(new GetSecretValueCommand({ SecretId }));
          kept = { text: SecretString, readAt };
          return SecretString;
        },
      };
    },
  };
}
