import { generateKeyPairSync, randomBytes } from "node:crypto";
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { calculateJwkThumbprint, type JWK } from "jose";
import { jwksKey } from "../shared/data/brokerages.ts";
import { checkpointKeysItem, publishedKeys } from "../shared/data/checkpoints.ts";
import { withSchemaVersion } from "../shared/data/schema.ts";
import { type Key, openTable, type Write } from "../shared/data/table.ts";
import type { CheckpointKey } from "../shared/domain/audit.ts";
import type { WriteStamp } from "../shared/domain/invocation.ts";
import { invocation } from "../shared/entry/invocation.ts";
import { tokenRules } from "../shared/entry/session.ts";
import { AssistantSecret } from "../shared/identity/assistant-tokens.ts";
import { CheckpointSecret } from "../shared/identity/checkpoints.ts";
import { SigningSecret } from "../shared/identity/tokens.ts";

/** Physical names of what the bootstrap fills; a secret's may be its ARN. */
export interface BootstrapNames {
  readonly table: string;
  readonly signingSecret: string;
  readonly checkpointSecret: string;
  readonly assistantSecret: string;
}

/**
 * Makes what a deployment lacks: the keys that sign sessions, checkpoints and the tokens of assistants, and their public
 * halves in the table. Changes nothing that exists, so it can run again; run it after every deployment. `environment` holds the AWS variables that say where and as whom.
 */
export async function bootstrap(
  environment: Readonly<Record<string, string | undefined>>,
  names: BootstrapNames,
): Promise<void> {
  const config = clientConfig(environment);
  const table = openTable(names.table, config);
  const { written } = invocation("bootstrap", null);
  const secrets = new SecretsManagerClient(config);
  const signing = await ensureSecret(secrets, names.signingSecret, SigningSecret, newKeys);
  const assistant = await ensureSecret(secrets, names.assistantSecret, AssistantSecret, newAssistantKey);
  await table.commit([publish(signing, assistant, written)]);
  const { key } = await ensureSecret(secrets, names.checkpointSecret, CheckpointSecret, newCheckpointKey);
  const published = await publishedKeys(table);
  const own = publicKey(key);
  // Keys that signed before stay: their checkpoints are verified with them.
  if (!published.some(({ kid }) => kid === own.kid))
    await table.commit([{ Put: { Item: checkpointKeysItem([own, ...published], written) } }]);
}

/** An SDK client's configuration from AWS variables. */
export function clientConfig(environment: Readonly<Record<string, string | undefined>>) {
  const { AWS_REGION, AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } =
    environment;
  return {
    ...(AWS_REGION ? { region: AWS_REGION } : {}),
    ...(AWS_ENDPOINT_URL ? { endpoint: AWS_ENDPOINT_URL } : {}),
    ...(AWS_ACCESS_KEY_ID && AWS_SECRET_ACCESS_KEY
      ? {
          credentials: {
            accessKeyId: AWS_ACCESS_KEY_ID,
            secretAccessKey: AWS_SECRET_ACCESS_KEY,
            ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
          },
        }
      : {}),
  };
}

/**
 * Withdraws the key that signs session tokens: a new one is stored and published in its place. Within a minute every
 * function refuses what the old one signed. Refresh tokens stay valid. Throws where there are no keys yet.
 */
export async function replaceSigningKey(
  environment: Readonly<Record<string, string | undefined>>,
  names: Omit<BootstrapNames, "checkpointSecret" | "assistantSecret">,
): Promise<void> {
  const config = clientConfig(environment);
  const secrets = new SecretsManagerClient(config);
  const before = await readKeys(secrets, names.signingSecret, SigningSecret);
  if (!before) throw new Error("There are no signing keys yet: deploy first");
  const after = await withNewSigningKey(before);
  await putKeys(secrets, names.signingSecret, after);
  const { written } = invocation("replaceSigningKey", null);
  const table = openTable(names.table, config);
  const published = await table.get<Key & { readonly assistant_keys?: readonly CheckpointKey[] }>(jwksKey);
  await table.commit([publishing(after, published?.assistant_keys ?? [], written)]);
}

/** The keys with another one to sign session tokens with. */
export const withNewSigningKey = async (keys: SigningSecret): Promise<SigningSecret> => ({
  ...keys,
  session_key: (await newKeys()).session_key,
});

/** Returns the existing keys, or makes new ones: CloudFormation fills a new secret with a random word. */
async function ensureSecret<Keys>(
  secrets: SecretsManagerClient,
  SecretId: string,
  schema: Schema<Keys>,
  make: () => Promise<Keys>,
): Promise<Keys> {
  const stands = await readKeys(secrets, SecretId, schema);
  if (stands) return stands;
  const made = await make();
  await putKeys(secrets, SecretId, made);
  // If two bootstraps run at once, the last write wins: read what is stored now.
  return (await readKeys(secrets, SecretId, schema)) ?? made;
}

interface Schema<Keys> {
  parse(value: unknown): Keys;
}

const putKeys = (secrets: SecretsManagerClient, SecretId: string, keys: unknown) =>
  secrets.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(keys) }));

async function readKeys<Keys>(
  secrets: SecretsManagerClient,
  SecretId: string,
  schema: Schema<Keys>,
): Promise<Keys | undefined> {
  try {
    const { SecretString = "" } = await secrets.send(new GetSecretValueCommand({ SecretId }));
    const value = jsonOf(SecretString);
    // Keys that we cannot read must not be written over: that throws.
    return value === undefined ? undefined : schema.parse(value);
  } catch (error) {
    if ((error as Error).name === "ResourceNotFoundException") return undefined;
    throw error;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

type PrivateKey = SigningSecret["session_key"];

async function newKeys(): Promise<SigningSecret> {
  return { session_key: await newKey(), refresh_key: randomBytes(32).toString("base64url") };
}

const newAssistantKey = async (): Promise<AssistantSecret> => ({ key: await newKey() });
const newCheckpointKey = async (): Promise<CheckpointSecret> => ({ key: await newKey() });

async function newKey(): Promise<PrivateKey> {
  const key = generateKeyPairSync("ed25519").privateKey.export({ format: "jwk" }) as JWK;
  return { ...key, kid: await calculateJwkThumbprint(key) } as PrivateKey;
}

const publicKey = ({ kid, kty, crv, x }: PrivateKey) =>
  ({ kty, crv, x, kid, use: "sig", alg: tokenRules.algorithm }) as CheckpointKey;

const publish = (signing: SigningSecret, { key }: AssistantSecret, written: WriteStamp): Write =>
  publishing(signing, [publicKey(key)], written);

function publishing(
  { session_key }: SigningSecret,
  assistant_keys: readonly CheckpointKey[],
  written: WriteStamp,
): Write {
  const keys = [publicKey(session_key)];
  return { Put: { Item: withSchemaVersion("jwks", { ...jwksKey, keys, assistant_keys, written }) } };
}
