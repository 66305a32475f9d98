import { ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { api, cloud, expectStatus, waitFor } from "./cloud.ts";

/** Sends bytes as the API's `upload` says. */
export const send = (
  { url, method, headers }: { url: string; method: string; headers: Record<string, string> },
  bytes: Buffer,
): Promise<Response> => fetch(url, { method, headers, body: new Uint8Array(bytes) });

/** Waits until media is ready or rejected and answers it. */
export const finished = (token: string, id: string, seconds = 30) =>
  waitFor(async () => {
    const { body } = await api("GET", `/v1/media/${id}`, { token });
    return body.status === "ready" || body.status === "rejected" ? body : undefined;
  }, seconds);

/** Announces media, uploads it, waits until it is finished and answers it. */
export async function upload(token: string, propertyId: string, what: object, bytes: Buffer) {
  const announced = await expectStatus(201, "POST", `/v1/properties/${propertyId}/media`, {
    token,
    body: { ...what, size_bytes: bytes.length },
  });
  const sent = await send(announced.upload, bytes);
  if (sent.status !== 200) throw new Error(`The upload was answered ${sent.status}: ${await sent.text()}`);
  return finished(token, announced.media.id);
}

let s3: S3Client | undefined;

/** The keys that stand in the bucket for media, uploads included. */
export async function objectsOf(brokerageId: string, id: string): Promise<string[]> {
  const { AWS_ENDPOINT_URL, AWS_REGION, ...secret } = cloud.environment;
  s3 ??= new S3Client({
    endpoint: AWS_ENDPOINT_URL!,
    region: AWS_REGION!,
    credentials: {
      accessKeyId: secret.AWS_ACCESS_KEY_ID!,
      secretAccessKey: secret.AWS_SECRET_ACCESS_KEY!,
      sessionToken: secret.AWS_SESSION_TOKEN!,
    },
    forcePathStyle: true,
  });
  const keys: string[] = [];
  for (const prefix of ["media", "uploads/media"]) {
    const Prefix = `${prefix}/${brokerageId}/${id}`;
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: cloud.bucketName, Prefix }));
    keys.push(...Contents.map(({ Key }) => Key!));
  }
  return keys;
}
