import { PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { clientConfig } from "../bootstrap.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The provider that a shell's environment names, as the secret `openai` holds it; undefined without a key. */
export function providerIn({
  OPENAI_API_KEY: api_key,
  OPENAI_BASE_URL: base_url,
  OPENAI_PROTOCOL: protocol,
  OPENAI_MODEL: model,
}: Environment) {
  return api_key ? { api_key, base_url, protocol, model } : undefined;
}

/** Tells a cloud's assistant who its provider is; without one there is no assistant, whatever a start before said. */
export async function setProvider(
  environment: Environment,
  SecretId: string,
  provider: object | undefined,
): Promise<void> {
  const secrets = new SecretsManagerClient(clientConfig(environment));
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(provider ?? {}) }));
}
