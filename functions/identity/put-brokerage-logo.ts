import * as z from "zod/mini";
import { announcePicture, withUrl } from "../../shared/data/pictures.ts";
import { changeRecord, orConflict } from "../../shared/data/records.ts";
import { signReads, signUploads } from "../../shared/data/signed-urls.ts";
import { writeTable } from "../../shared/data/table.ts";
import { brokerageRecord } from "../../shared/domain/brokerage.ts";
import { longestSide, NewPicture, Picture } from "../../shared/domain/picture.ts";
import { UploadRequest } from "../../shared/domain/upload.ts";
import { operation } from "../../shared/entry/definition.ts";
import { ownBrokerage } from "../../shared/entry/path-record.ts";

export const putBrokerageLogo = operation({
  id: "putBrokerageLogo",
  method: "PUT",
  path: "/v1/brokerage/logo",
  permission: "brokerage:write",
  summary: "Announce a logo of your brokerage and get the request that uploads it",
  description:
    "Send the bytes as `upload` says, within fifteen minutes. The logo is re-encoded without its metadata, at most " +
    `${longestSide} pixels wide and high, and then takes the place of the one before.`,
  body: NewPicture,
  answer: { status: 200, body: z.object({ logo: Picture, upload: UploadRequest }) },
  unversioned: true,
  access: {
    table: writeTable("PutItem"),
    uploads: signUploads("uploads/pictures"),
    pictures: signReads("pictures"),
  },
  record: ownBrokerage,
  async run({ table, record, body, commit, ...invoked }) {
    const { brokerage_id, id, logo } = record;
    const owner = { of: "brokerage", of_id: id, brokerage_id, before: logo } as const;
    const { announced, stored, writes } = await announcePicture(table, owner, body, invoked);
    const changed = changeRecord(brokerageRecord, record, { logo: stored }, invoked);
    return commit([...orConflict(changed.writes), ...writes], { announced, stored });
  },
  async present({ announced, stored }, { uploads, pictures, caller, now }) {
    const { key, ...expected } = announced;
    return {
      logo: (await withUrl(caller.brokerage_id, stored, pictures, now))!,
      upload: await uploads.sign(key, expected, now),
    };
  },
});
