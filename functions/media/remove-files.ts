import { deleteObjects } from "../../shared/data/bucket.ts";
import { deleteFiles } from "../../shared/data/media.ts";
import { uploadKey } from "../../shared/domain/upload.ts";
import { queueWorker } from "../../shared/entry/definition.ts";
import { jobMessage } from "../../shared/entry/job-worker.ts";

export const removeFiles = queueWorker({
  id: "removeFiles",
  queue: "removals",
  summary: "Delete the files of media that was deleted or never finished",
  impact: "Files of deleted photos, documents and videos stay in the bucket; nobody can reach them.",
  access: { files: deleteObjects("media"), uploads: deleteObjects("uploads/media") },
  message: jobMessage,
  async run({ message, files, uploads }) {
    await deleteFiles(files, message);
    await uploads.delete(uploadKey(message));
  },
});
