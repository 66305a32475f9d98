declare module "@20minutes/s3rver" {
  import type { EventEmitter } from "node:events";
  import type { IncomingMessage, ServerResponse } from "node:http";
  import type { Readable } from "node:stream";

  interface StoredObject {
    readonly key: string;
    readonly size: number;
    readonly lastModifiedDate: Date;
    readonly metadata: { readonly etag: string };
  }

  interface Store {
    getBucket(bucket: string): Promise<object | null>;
    putBucket(bucket: string): Promise<object>;
    existsObject(bucket: string, key: string): Promise<boolean>;
    deleteObject(bucket: string, key: string): Promise<void>;
    putContent(path: string, content: Readable): Promise<[size: number, md5: string]>;
    listObjects(
      bucket: string,
      options: { prefix?: string; delimiter?: string; startAfter?: string; maxKeys?: number },
    ): Promise<{ objects: StoredObject[]; commonPrefixes: string[]; isTruncated: boolean }>;
  }

  interface Context {
    req: Readable;
    res: ServerResponse;
    respond: boolean;
    readonly state: Record<string, unknown>;
  }

  /** The parts of s3rver (a Koa application) that the local cloud uses. */
  export default class S3rver extends EventEmitter {
    constructor(options: { directory: string; silent: boolean; vhostBuckets: boolean });
    readonly middleware: ((context: Context, next: () => Promise<void>) => Promise<void>)[];
    readonly store: Store;
    callback(): (request: IncomingMessage, response: ServerResponse) => void;
  }
}
