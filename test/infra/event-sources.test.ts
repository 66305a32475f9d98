import { expect, test } from "vitest";
import { type EventSourceParts, startEventSources } from "../../infra/local/event-sources.ts";
import type { Principal } from "../../infra/local/iam.ts";
import type { Resource } from "../../infra/local/templates.ts";

const streamArn = "arn:aws:dynamodb:us-east-1:000000000000:table/T/stream/local";
const resource = (type: string, properties: object, attributes = {}): Resource => ({
  stack: "S",
  logicalId: "Source",
  name: "S-Source",
  ref: "S-Source",
  arn: "",
  type,
  properties,
  attributes,
});
const mapping = resource("AWS::Lambda::EventSourceMapping", {
  EventSourceArn: streamArn,
  FunctionName: "follow",
  DestinationConfig: { OnFailure: { Destination: "arn:aws:s3:::b" } },
});
const table = resource("AWS::DynamoDB::GlobalTable", {}, { StreamArn: streamArn });

/** What a mapping says whose role allows everything but one action. */
async function saidWithout(lacking: string): Promise<string> {
  const said: string[] = [];
  const principal = {
    allows: (action: string, of: string) =>
      action !== lacking && (action !== "s3:PutObject" || of.startsWith("arn:aws:s3:::b/aws/lambda/")),
  } as Principal;
  const call = () => Promise.reject(new Error("the stream is read"));
  const parts = {
    dynamo: { call },
    queues: { byArn: new Map() },
    principals: new Map([["follow", principal]]),
    aws: "http://127.0.0.1:1",
    log: (line: string) => void said.push(line),
  };
  const stop = startEventSources([mapping, table], parts as unknown as EventSourceParts);
  await stop();
  return said.join();
}

test.each(["dynamodb:DescribeStream", "dynamodb:GetRecords", "s3:ListBucket", "s3:PutObject"])(
  "a stream's mapping does not start for a role without %s",
  async (action) => {
    expect(await saidWithout(action)).toContain(`stopped: its role lacks ${action}`);
  },
);

test("it starts for a role with all of them", async () => {
  expect(await saidWithout("nothing")).toContain("the stream is read");
});
