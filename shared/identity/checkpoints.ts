import { CompactSign, compactVerify, importJWK, type JWK } from "jose";
import * as z from "zod/mini";
import type { SecretReader } from "../data/secret.ts";
import type { AuditCheckpoint, CheckpointKey } from "../domain/audit.ts";
import type { Head } from "../domain/log-chain.ts";

const algorithm = "EdDSA";
/** Nothing else that Gable signs has this type, so no signature stands for another. */
const typ = "gable-checkpoint+jws";

/**
 * What the secret `checkpoints` holds, as JSON; made by infra/bootstrap.ts. It is no key of sessions: that one is replaced
 * when it leaks, and this one must verify for years.
 */
export const CheckpointSecret = z.object({
  key: z.looseObject({ kty: z.literal("OKP"), kid: z.string(), d: z.string() }),
});
export type CheckpointSecret = z.output<typeof CheckpointSecret>;

/** Reads the key; throws before the bootstrap has made it. */
export const checkpointSecret = async (secret: SecretReader): Promise<CheckpointSecret> =>
  CheckpointSecret.parse(JSON.parse(await secret.read()));

/** Signs where a log ends. */
export async function signCheckpoint(
  { key }: CheckpointSecret,
  brokerageId: string,
  { sequence, hash }: Pick<Head, "sequence" | "hash">,
  now: Date,
): Promise<AuditCheckpoint> {
  const said = { sequence, hash, at: now.toISOString() };
  const payload = Buffer.from(JSON.stringify({ brokerage_id: brokerageId, ...said }));
  const jws = await new CompactSign(payload)
    .setProtectedHeader({ alg: algorithm, typ, kid: key.kid })
    .sign(await importJWK(key as JWK, algorithm));
  return { ...said, jws };
}

const Signed = z.object({ brokerage_id: z.string(), sequence: z.int(), hash: z.string(), at: z.string() });

/** What a checkpoint's signature covers; throws for one that none of the keys made. */
export async function verifyCheckpoint(
  { jws }: Pick<AuditCheckpoint, "jws">,
  keys: readonly CheckpointKey[],
): Promise<z.output<typeof Signed>> {
  const find = async ({ kid }: { readonly kid?: string | undefined }) => {
    const key = keys.find((one) => one.kid === kid);
    if (!key) throw new Error(`there is no key ${kid}`);
    return importJWK(key, algorithm);
  };
  const { payload, protectedHeader } = await compactVerify(jws, find, { algorithms: [algorithm] });
  if (protectedHeader.typ !== typ) throw new Error("it is no checkpoint");
  return Signed.parse(JSON.parse(Buffer.from(payload).toString()));
}
