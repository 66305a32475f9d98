import { deleteObjects } from "../../shared/data/bucket.ts";
import { exportKey } from "../../shared/data/export-file.ts";
import { deleteFiles } from "../../shared/data/media.ts";
import { pictureKey } from "../../shared/data/pictures.ts";
import { uploadKey } from "../../shared/domain/upload.ts";
import { queueWorker } from "../../shared/entry/definition.ts";
import { jobMessage } from "../../shared/entry/job-worker.ts";

export const removeFiles = queueWorker({
  id: "removeFiles",
  queue: "removals",
  summary:
    "Delete the files of media, photos and logos that were deleted or never finished, and of old exports",
  impact: "Files of deleted photos, documents and videos stay in the bucket; nobody can reach them.",
  access: {
    files: deleteObjects("media"),
    uploads: deleteObjects("uploads/media"),
    pictures: deleteObjects("pictures"),
    sent: deleteObjects("uploads/pictures"),
    exports: deleteObjects("exports"),
  },
  message: jobMessage,
  async run({ message, files, uploads, pictures, sent, exports }) {
    await Promise.all([deleteFiles(files, message), pictures.delete(pictureKey(message))]);
    await Promise.all([uploads.delete(uploadKey(message)), sent.delete(uploadKey(message))]);
    await exports.delete(exportKey(message));
  },
});
