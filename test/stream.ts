import { Sha256 } from "@aws-crypto/sha256-js";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { SignatureV4 } from "@smithy/signature-v4";
import { readAtOnce, withEmptyMaps } from "../infra/local/stream-source.ts";
import { cloud, reach } from "./cloud.ts";

// biome-ignore lint/suspicious/noExplicitAny: records of any kind.
type Image = any;

/** Every change of a brokerage's items since the cloud started, in order per item, from the table's own stream. */
export async function changesOf(brokerageId: string): Promise<{ before?: Image; after?: Image }[]> {
  const { Table } = await call("DynamoDB_20120810.DescribeTable", { TableName: cloud.tableName });
  const StreamArn = Table.LatestStreamArn;
  const { StreamDescription } = await call("DynamoDBStreams_20120810.DescribeStream", { StreamArn });
  const changes: { before?: Image; after?: Image }[] = [];
  for (const { ShardId } of StreamDescription.Shards) {
    const from = { StreamArn, ShardId, ShardIteratorType: "TRIM_HORIZON" };
    let { ShardIterator } = await call("DynamoDBStreams_20120810.GetShardIterator", from);
    for (let some = true; some && ShardIterator; ) {
      const { Records, NextShardIterator } = await call("DynamoDBStreams_20120810.GetRecords", {
        ShardIterator,
        Limit: readAtOnce,
      });
      for (const { dynamodb } of Records)
        if (dynamodb.Keys.pk.S.startsWith(`${brokerageId}#`))
          changes.push({ before: plain(dynamodb.OldImage), after: plain(dynamodb.NewImage) });
      some = Records.length > 0;
      ShardIterator = NextShardIterator;
    }
  }
  return changes;
}

const plain = (image: Image) => image && unmarshall(withEmptyMaps(image) as Image);

async function call(target: string, input: object): Promise<Image> {
  const { environment } = cloud;
  const { hostname, port, host, protocol, href } = new URL(environment.AWS_ENDPOINT_URL!);
  const signer = new SignatureV4({
    service: "dynamodb",
    region: environment.AWS_REGION!,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID!,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY!,
      ...(environment.AWS_SESSION_TOKEN ? { sessionToken: environment.AWS_SESSION_TOKEN } : {}),
    },
    sha256: Sha256,
  });
  const body = JSON.stringify(input);
  const headers = { host, "content-type": "application/x-amz-json-1.0", "x-amz-target": target };
  const signed = await signer.sign({
    method: "POST",
    protocol,
    hostname,
    port: Number(port),
    path: "/",
    headers,
    body,
  });
  const answer = await reach(href, { method: "POST", headers: signed.headers, body });
  const result = await answer.json();
  if (!answer.ok) throw new Error(`${target}: ${JSON.stringify(result)}`);
  return result;
}
