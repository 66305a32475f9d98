import { definitions } from "../functions/index.ts";
import { userRoles } from "../shared/domain/migrations/user-roles.ts";
import { userRecord } from "../shared/domain/user.ts";
import type { Operation } from "../shared/entry/definition.ts";
import { bodyTypes } from "../shared/entry/request.ts";
import { api, cloud, expectStatus, waitFor } from "./cloud.ts";
import { filled } from "./contract/makers.ts";
import { bodyFor, rowOf, type World } from "./contract/rows.ts";
import { ended, startImport } from "./imports.ts";
import { invite, mailsTo, mailTo } from "./mail.ts";
import { overwrite, stored } from "./records.ts";
import { anotherSession } from "./sessions.ts";
import { send } from "./uploads.ts";

const texts = /title|description|name|caption|reason|address|city|notes|message|remarks/;

/** The same with a person's name in each text, and their phone number. */
const withName = (body: object | undefined): object | undefined =>
  body &&
  JSON.parse(JSON.stringify(body), (field, value) =>
    typeof value !== "string"
      ? value
      : field === "phone"
        ? "+1 206-555-0142"
        : texts.test(field)
          ? `${field === "file_name" ? "" : "Zeb "}Quillfeather ${value}`.slice(0, 90)
          : value,
  );

/** Every operation as it should be called, and as it should not: with names in all that a caller can say. */
export async function sayNames(operation: Operation, world: World): Promise<void> {
  const { method, path, permission } = operation;
  const row = rowOf(operation);
  const caller = (await row.caller?.(world)) ?? (await anotherSession(world.home.users.admin));
  const params = (await row.params?.(world)) ?? {};
  const body = withName(await bodyFor(operation, world, caller));
  const at = filled(path, params);
  const headers = { "user-agent": "Quillfeather 1.0", "if-match": '"1"' };
  const said = { token: permission === "public" ? undefined : caller.token, body, headers };
  const type = bodyTypes[method]?.[0] ?? "application/json";
  await Promise.all([
    api(method, `${at}?q=Quillfeather`, said),
    api(
      method,
      filled(path, Object.fromEntries(Object.keys(params).map((name) => [name, "Quillfeather"]))),
      said,
    ),
    api(method, at, { ...said, token: "eyJhbGciOiJFZERTQSJ9.Quillfeather.Quillfeather" }),
    ...(body
      ? [
          api(method, at, { ...said, body: { ...body, quillfeather: "Zeb Quillfeather" } }),
          api(method, at, {
            ...said,
            body: undefined,
            raw: "{Quillfeather",
            headers: { ...headers, "content-type": type },
          }),
        ]
      : []),
  ]);
  await api(method, at, said);
}

/** Files full of names, and workers and consumers that fail on what they get. */
export async function workOnNames(world: World): Promise<void> {
  const { token, email } = world.home.users.admin;
  await api("POST", "/v1/auth/login", { body: { email, password: "a long password of Quillfeather" } });

  // Rows that are taken and rows that are not; a file that is none; an upload that is no picture.
  const csv =
    "title,address,price\nZeb Quillfeather's,1 Quillfeather Lane,500000\nQuillfeather,2,Quillfeather\n";
  await ended(token, (await startImport(token, csv)).id);
  await ended(token, (await startImport(token, '"Quillfeather\n"Quillfeather\n')).id);
  const home = { title: "Quillfeather's", property_type: "house", price: 1 };
  const property = await expectStatus(201, "POST", "/v1/properties", { token, body: home });
  const file = Buffer.from("No picture of Zeb Quillfeather");
  const announced = await expectStatus(201, "POST", `/v1/properties/${property.id}/media`, {
    token,
    body: {
      type: "image",
      content_type: "image/jpeg",
      size_bytes: file.length,
      file_name: "quillfeather.jpg",
    },
  });
  await send(announced.upload, file);

  // A task whose title is mailed when it is due.
  const title = "Call Zeb Quillfeather";
  await expectStatus(201, "POST", "/v1/tasks", { token, body: { title, due_date: "2026-01-05T09:00:00Z" } });
  await waitFor(async () => {
    await cloud.fire("remindOwners");
    return (await mailsTo(email)).find(({ text }) => text.includes(title));
  });

  // Workers that get a record of another type, or none: a mail, too, to an address that SES refuses and names.
  const brokerage_id = world.home.brokerage.id as string;
  const at = new Date().toISOString();
  const mail = { mail: "invitation", brokerage_id, id: await invitedWithName(world), at };
  const migration = { migration: userRoles.name, run: "Quillfeather", part: brokerage_id };
  const names = {
    brokerage_id: "Zeb Quillfeather",
    id: "Quillfeather",
    s3: { object: { key: "Quillfeather" } },
  };
  for (const { id } of definitions.filter(({ kind }) => kind === "queue"))
    for (const message of [
      { brokerage_id, id: property.id, ...migration },
      mail,
      names,
      { Records: [names] },
    ])
      await cloud.invoke(id, {
        Records: [
          {
            messageId: "m",
            body: JSON.stringify(message),
            attributes: { ApproximateReceiveCount: "1" },
          },
        ],
      });

  // Consumers of the stream that fail on what they get.
  const written = { M: { by: { S: "Zeb Quillfeather" }, operation_id: { S: "Quillfeather" } } };
  const image = {
    ...{ pk: { S: "Quillfeather" }, sk: { S: "record" }, listed: { S: "Zeb Quillfeather" }, written },
    // Longer than a key may be.
    brokerage_id: { S: "Quillfeather".repeat(200) },
  };
  const broken = {
    eventName: "MODIFY",
    dynamodb: { Keys: {}, OldImage: image, NewImage: { entity: { S: "task" }, ...image } },
  };
  for (const consumer of ["applyEffects", "writeLog"])
    await cloud.invoke(consumer, { Records: [broken] }).catch(() => {});
}

/** Somebody who was invited, at an address that is none and has their name; their id. */
async function invitedWithName({ home }: World): Promise<string> {
  const { email, user } = await invite(home.users.admin);
  await mailTo(email);
  const record = (await stored(userRecord, home.brokerage.id, user.id))!;
  await overwrite(userRecord, { ...record, email: 'zeb"quillfeather@users.example' });
  return user.id;
}
