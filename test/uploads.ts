import { ListObjectsV2Command, ListObjectVersionsCommand, S3Client } from "@aws-sdk/client-s3";
import { api, cloud, expectStatus, reach, waitFor } from "./cloud.ts";

/** Sends bytes as the API's `upload` says. */
export const send = (
  { url, method, headers }: { url: string; method: string; headers: Record<string, string> },
  bytes: Buffer,
): Promise<Response> => reach(url, { method, headers, body: new Uint8Array(bytes) });

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

/** The keys that stand in the bucket for media or a picture, uploads included; those of older versions and markers, too. */
export async function versionsOf(brokerageId: string, id: string): Promise<string[]> {
  return keysBelow(brokerageId, id, async (named) => {
    const { Versions = [], DeleteMarkers = [] } = await client().send(new ListObjectVersionsCommand(named));
    return [...Versions, ...DeleteMarkers];
  });
}

/** The keys that stand in the bucket for media or a picture, uploads included. */
export async function objectsOf(brokerageId: string, id: string): Promise<string[]> {
  return keysBelow(brokerageId, id, async (named) => {
    const { Contents = [] } = await client().send(new ListObjectsV2Command(named));
    return Contents;
  });
}

async function keysBelow(
  brokerageId: string,
  id: string,
  list: (named: { Bucket: string; Prefix: string }) => Promise<readonly { Key?: string | undefined }[]>,
): Promise<string[]> {
  const listed = await Promise.all(
    ["media", "uploads/media", "pictures", "uploads/pictures", "exports"].map((prefix) =>
      list({ Bucket: cloud.bucketName, Prefix: `${prefix}/${brokerageId}/${id}` }),
    ),
  );
  return listed.flat().map(({ Key }) => Key!);
}

function client(): S3Client {
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
  return s3;
}
