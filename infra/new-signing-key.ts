/** `npm run new-signing-key -- --table NAME --secret ARN`: withdraws the key that signs session tokens. */
import { parseArgs } from "node:util";
import { replaceSigningKey } from "./bootstrap.ts";
import { command } from "./command.ts";

const usage = `Usage: npm run new-signing-key -- --table NAME --secret ARN

Withdraws the key that signs session tokens and puts a new one in its place, for when the old one has leaked. Within a
minute every function refuses what the old key signed; in that minute some sign-ins and refreshes have to be repeated.
Refresh tokens stay valid. Both names are outputs of the stage's Data stack.

  --table NAME    TableName
  --secret ARN    SigningSecretArn
  --help          show this help`;

await command(async () => {
  const { values } = parseArgs({
    options: { table: { type: "string" }, secret: { type: "string" }, help: { type: "boolean" } },
  });
  if (values.help) return console.log(usage);
  if (!values.table || !values.secret) throw new Error(`Name the table and the secret\n\n${usage}`);
  await replaceSigningKey(process.env, { table: values.table, signingSecret: values.secret });
  console.log("Every function uses the new signing key within a minute");
});
