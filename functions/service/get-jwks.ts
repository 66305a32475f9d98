import * as z from "zod/mini";
import { jwksKey } from "../../shared/data/brokerages.ts";
import { type Key, tableFor } from "../../shared/data/table.ts";
import { operation } from "../../shared/entry/definition.ts";

const PublicKey = z.object({
  kty: z.literal("OKP"),
  crv: z.literal("Ed25519"),
  x: z.string(),
  kid: z.string(),
  use: z.literal("sig"),
  alg: z.literal("EdDSA"),
});

const Jwks = z.object({ keys: z.array(PublicKey) });

export const getJwks = operation({
  id: "getJwks",
  method: "GET",
  path: "/.well-known/jwks.json",
  permission: "public",
  summary: "Show the public keys of session tokens (RFC 7517)",
  answer: { status: 200, body: Jwks },
  access: { table: tableFor("GetItem") },
  async run({ table }) {
    return (await table.get<Key & z.output<typeof Jwks>>(jwksKey)) ?? { keys: [] };
  },
});
