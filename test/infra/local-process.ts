/**
 * Runs a local cloud in a process of its own, with "at rest" as a third word at rest: `local-process.ts <assembly>
 * <data>`; says what it is, until SIGTERM.
 */
import { startCloud } from "../../infra/local/cloud.ts";

const [assembly = "", data = "", how] = process.argv.slice(2);
try {
  const cloud = await startCloud({ assembly, data, port: 0, atRest: how === "at rest" });
  process.on("SIGTERM", async () => {
    await cloud.stop();
    process.disconnect();
  });
  process.on("message", async (event) => {
    process.send!({ result: await cloud.invoke("Fixture-Actor", event) });
  });
  const table = cloud.resource("AWS::DynamoDB::GlobalTable");
  const bucket = cloud.resource("AWS::S3::Bucket");
  const seen = cloud.resource("AWS::SQS::Queue", "Seen");
  const work = cloud.resource("AWS::SQS::Queue", "Work");
  process.send!({ table, bucket, seen, work, environment: cloud.environment });
} catch (error) {
  process.send!({ error: String(error) });
  process.disconnect();
}
