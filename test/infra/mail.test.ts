import { createServer } from "node:http";
import { DatabaseSync } from "node:sqlite";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAwsEndpoint, type Services } from "../../infra/local/aws-endpoint.ts";
import { close, listen } from "../../infra/local/cloud.ts";
import type { Principal } from "../../infra/local/iam.ts";
import { openOutbox } from "../../infra/local/outbox.ts";
import { stages } from "../../infra/stages.ts";
import { equipped, type Templates, templatesOf } from "./templates.ts";

describe("in AWS", () => {
  test.each(Object.values(stages))("the outbox is in no template of $name", (stage) => {
    expect(JSON.stringify(templatesOf(stage).byStack)).not.toMatch(/outbox|_local/i);
  });

  const environmentOf = (templates: Templates) =>
    templates
      .all("AWS::Lambda::Function")
      .find(([, { Properties }]) => Properties.FunctionName === "Gable-prod-sendMail")![1].Properties
      .Environment.Variables;

  test("links lead to the web app where the stage has one, else to the API", () => {
    const custom = templatesOf(equipped);
    const { appOrigin, mailSender } = equipped;
    expect(environmentOf(custom)).toMatchObject({ APP_ORIGIN: appOrigin, MAIL_SENDER: mailSender });
    expect(JSON.stringify(custom.byStack)).toContain(":identity/mail.example.com");
    const plain = templatesOf();
    const [api] = plain.all("AWS::ApiGatewayV2::Api")[0]!;
    expect(plain.text(environmentOf(plain).APP_ORIGIN)).toBe(`${api}.ApiEndpoint`);
  });
});

describe("the local SES", () => {
  const store = new DatabaseSync(":memory:");
  const outbox = openOutbox(store);
  const principal: Principal = {
    arn: "arn:aws:sts::000000000000:assumed-role/r/f",
    accessKeyId: "ASIA0",
    secretAccessKey: "secret",
    sessionToken: "session",
    allows: (action, resource) =>
      action === "ses:SendEmail" && resource === "arn:aws:ses:us-east-1:000000000000:identity/gable.example",
  };
  const server = createServer(createAwsEndpoint([principal], { outbox } as Services));
  let ses: SESv2Client;
  beforeAll(async () => {
    const endpoint = await listen(server, 0);
    ses = new SESv2Client({ endpoint, region: "us-east-1", credentials: principal, maxAttempts: 1 });
  });
  afterAll(() => close(server));

  const send = ({ from = "no-reply@gable.example", to = "ana@x.example", subject = "S" }) =>
    ses.send(
      new SendEmailCommand({
        FromEmailAddress: from,
        Destination: { ToAddresses: [to] },
        Content: {
          Simple: { Subject: { Data: subject }, Body: { Text: { Data: "t" }, Html: { Data: "<p>t" } } },
        },
      }),
    );

  test("keeps what it is sent, newest last, also to one address", async () => {
    const { MessageId } = await send({ from: '"Emerald, City" <no-reply@gable.example>', subject: "Häuser" });
    expect(MessageId).toEqual(expect.any(String));
    await send({ to: "bob@x.example" });
    expect(outbox.list()).toMatchObject([
      { to: "ana@x.example", subject: "Häuser", text: "t", html: "<p>t", at: expect.any(String) },
      { to: "bob@x.example", subject: "S" },
    ]);
    expect(outbox.list("bob@x.example")).toHaveLength(1);
    expect(openOutbox(store).list(), "after a restart").toHaveLength(2);
  });

  test("refuses as SES does: another sender's domain, an illegal address, what it does not know", async () => {
    await expect(send({ from: "no-reply@other.example" })).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining("ses:SendEmail on resource: arn:aws:ses:us-east-1"),
    });
    for (const wrong of [{ to: "nobody" }, { to: "ü@x.example" }, { subject: "a\r\nBcc: b@x.example" }])
      await expect(send(wrong)).rejects.toMatchObject({ name: "BadRequestException" });
    expect(outbox.list()).toHaveLength(2);
  });
});
