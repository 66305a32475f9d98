/** Bytes of an answer that are read, unpacked. The longest that is asked for is some 40 KB. */
export const largestAnswer = 1_000_000;

/** The server sent more than `largestAnswer`. */
export class AnswerTooLarge extends Error {}

/**
 * Fetches with the whole body read before it returns, so that whoever limits the fetch's time limits the body's, too.
 * Redirects are not followed: what is sent is meant for one server.
 */
export async function boundedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const { body, status, statusText, headers } = await fetch(input, { ...init, redirect: "manual" });
  if (!body) return new Response(null, { status, statusText, headers });
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the rest.
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > largestAnswer) throw new AnswerTooLarge();
    chunks.push(chunk);
  }
  return new Response(Buffer.concat(chunks), { status, statusText, headers });
}
