/** Every line a function logs: alarms and tests refer to the code, never to prose. */
type LogCode =
  | "request"
  | "request_failed"
  | "pdf_failed"
  | "browser_close_failed"
  | "answer_off_schema"
  | "job_done"
  | "job_retry"
  | "job_leased"
  | "back_off_failed"
  | "job_abandoned"
  | "change_failed"
  | "effect_failed"
  | "schedule_done"
  | "record_stuck"
  | "sign_in_limited"
  | "mail_not_sent"
  | "refresh_reused"
  | "key_use_not_noted"
  | "view_not_counted"
  | "view_not_noted"
  | "proposal_call_failed";

/** Writes one structured line. Give ids and counts, never what a person wrote, an email or a token. */
export function log(code: LogCode, fields: Readonly<Record<string, unknown>> = {}): void {
  console.log(JSON.stringify({ time: new Date().toISOString(), code, ...fields }));
}

/** An error as log fields: name, message and stack. */
export function errorFields(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { error: String(error) };
  return { error: error.name, message: error.message, stack: error.stack };
}
