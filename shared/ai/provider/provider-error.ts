/**
 * `busy`: the server has no room now. `timeout`: our time limit. `failed`: the server or the network. `rejected`: the
 * server refuses this request or this key. `malformed`: an answer that cannot be read. `cancelled`: by `signal`.
 */
export type ProviderErrorKind = "busy" | "timeout" | "failed" | "rejected" | "malformed" | "cancelled";

/** Why a call brought no answer. The message is for a person: it has no key, no prompt and no text of the server. */
export class ProviderError extends Error {
  readonly kind: ProviderErrorKind;
  /** Whether another try may help. */
  readonly again: boolean;
  /** Milliseconds that the server asked to wait. */
  readonly retryAfter: number | undefined;
  /** Whether the server may have counted the call. */
  readonly mayBePaid: boolean;

  constructor(
    kind: ProviderErrorKind,
    message: string,
    {
      again,
      mayBePaid,
      retryAfter,
    }: { readonly again: boolean; readonly mayBePaid: boolean; readonly retryAfter?: number | undefined },
  ) {
    super(message);
    this.name = "ProviderError";
    this.kind = kind;
    this.again = again;
    this.retryAfter = retryAfter;
    this.mayBePaid = mayBePaid;
  }
}
