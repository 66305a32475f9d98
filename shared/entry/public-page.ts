import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import Negotiator from "negotiator";
import { isKnown, tagOf } from "./cached.ts";
import { type Headers, Page, type Result } from "./page.ts";

// Brotli's best takes seconds for a page of megabytes and saves a tenth.
const compress = {
  br: (text: string) => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (text: string) => gzipSync(text),
};
type Encoding = keyof typeof compress;

/** A page that is the same for everybody until the next release: caches keep it, and it travels compressed. */
export class PublicPage extends Page {
  readonly text: string;
  readonly #etag: string;
  readonly #compressed = new Map<Encoding, string>();

  constructor(text: string) {
    super();
    this.text = text;
    // Weak: one and the same for every encoding.
    this.#etag = `W/"${tagOf(text)}"`;
  }

  /** The answer to a request: compressed, or 304 if the caller has this version. Compresses once a process. */
  answer(plain: Result, headers: Headers): Result {
    const kept = { etag: this.#etag, vary: "accept-encoding", "cache-control": "public, max-age=300" };
    if (isKnown(this.#etag, headers["if-none-match"])) return { statusCode: 304, headers: kept };
    const encoding = encodingFor(headers["accept-encoding"]);
    const own = { ...plain.headers, ...kept };
    if (!encoding) return { ...plain, headers: own };
    return {
      ...plain,
      headers: { ...own, "content-encoding": encoding },
      body: this.#in(encoding),
      isBase64Encoded: true,
    };
  }

  /** The text compressed, in Base64 as it passes the gateway. */
  #in(encoding: Encoding): string {
    const made = this.#compressed.get(encoding) ?? compress[encoding](this.text).toString("base64");
    this.#compressed.set(encoding, made);
    return made;
  }
}

/** The best encoding that the caller takes; undefined for none. */
function encodingFor(acceptEncoding: string | undefined): Encoding | undefined {
  const headers = { "accept-encoding": acceptEncoding };
  const accepted = new Negotiator({ headers }).encodings([...Object.keys(compress)]);
  return (["br", "gzip"] as const).find((encoding) => accepted.includes(encoding));
}
