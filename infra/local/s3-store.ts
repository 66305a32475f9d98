import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import type S3rver from "@20minutes/s3rver";

/** Makes s3rver's store whole under refused bodies and parallel deletions. */
export function mendStore(store: S3rver["store"]): void {
  // s3rver writes into the object's own file. A file beside it until the body is whole keeps one that is refused or
  // cut off from replacing the object.
  store.putContent = async (path, content) => {
    const hash = createHash("md5");
    const partial = `${path}.${randomUUID()}`;
    let size = 0;
    async function* counted(chunks: AsyncIterable<Buffer>) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        size += chunk.length;
        yield chunk;
      }
    }
    try {
      await mkdir(dirname(path), { recursive: true });
      await pipeline(content, counted, createWriteStream(partial));
      await rename(partial, path);
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
    return [size, hash.digest("hex")];
  };

  // Of two deletions in a folder, one finds the folder gone.
  const remove = store.deleteObject.bind(store);
  store.deleteObject = (bucket, key) =>
    remove(bucket, key).catch((error) => {
      if (error.code !== "ENOENT") throw error;
    });
}
