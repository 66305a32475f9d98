import * as z from "zod/mini";
import { announcePicture, withUrl } from "../../shared/data/pictures.ts";
import { changeRecord, orConflict } from "../../shared/data/records.ts";
import { signReads, signUploads } from "../../shared/data/signed-urls.ts";
import { writeTable } from "../../shared/data/table.ts";
import { longestSide, NewPicture, Picture } from "../../shared/domain/picture.ts";
import { UploadRequest } from "../../shared/domain/upload.ts";
import { userRecord } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { ownUser } from "../../shared/entry/path-record.ts";

export const putMyPhoto = operation({
  id: "putMyPhoto",
  method: "PUT",
  path: "/v1/me/photo",
  permission: "session",
  summary: "Announce a photo of yourself and get the request that uploads it",
  description:
    "Send the bytes as `upload` says, within fifteen minutes. The photo is re-encoded without its metadata, at most " +
    `${longestSide} pixels wide and high, and then takes the place of the one before.`,
  body: NewPicture,
  answer: { status: 200, body: z.object({ photo: Picture, upload: UploadRequest }) },
  unversioned: true,
  access: {
    table: writeTable("PutItem"),
    uploads: signUploads("uploads/pictures"),
    pictures: signReads("pictures"),
  },
  record: ownUser,
  async run({ table, record, body, commit, ...invoked }) {
    const { brokerage_id, id, photo } = record;
    const owner = { of: "user", of_id: id, brokerage_id, before: photo } as const;
    const { announced, stored, writes } = await announcePicture(table, owner, body, invoked);
    const changed = changeRecord(userRecord, record, { photo: stored }, invoked);
    return commit([...orConflict(changed.writes), ...writes], { announced, stored });
  },
  async present({ announced, stored }, { uploads, pictures, caller, now }) {
    const { key, ...expected } = announced;
    return {
      photo: (await withUrl(caller.brokerage_id, stored, pictures, now))!,
      upload: await uploads.sign(key, expected, now),
    };
  },
});
