import type { Finding } from "./document-lint.ts";

/** The findings that we leave, by rule and place, and why. */
export const left: readonly { readonly rule: string; readonly at?: RegExp; readonly why: string }[] = [
  {
    rule: "info-contact",
    why: "Whom to ask is up to the brokerage that runs it; the source has its own page.",
  },
  {
    rule: "owasp:api2:2023-read-restricted",
    at: /^paths (\/v1\/health|\/openapi\.json|\/docs|\/\.well-known\/jwks\.json|\/v1\/(reports|dashboards|photos)\/\{token\}|\/v1\/public\/\{slug\}\/properties(\/\{property_id\})?) get/,
    why: "Health, the documentation, public keys, public listings, and what a link or an address is the proof for are for everyone.",
  },
  {
    rule: "owasp:api2:2023-write-restricted",
    at: /^paths \/v1\/(brokerages|auth\/(register|login|refresh|password-reset|password-reset\/confirm|verify-email)) post/,
    why: "These are how a session begins, or have a mailed link as proof; guesses are limited in shared/identity/guesses.ts.",
  },
  {
    rule: "owasp:api8:2023-define-error-responses-401",
    at: /^paths (\/v1\/(health|brokerages|auth\/(register|password-reset|password-reset\/confirm|verify-email)|(reports|dashboards|photos)\/\{token\}|public\/\{slug\}\/properties(\/\{property_id\})?)|\/openapi\.json|\/docs|\/\.well-known\/jwks\.json) /,
    why: "What asks for no sign-in does not answer 401.",
  },
  {
    rule: "owasp:api2:2023-no-credentials-in-url",
    at: /^paths \/v1\/(reports|dashboards|photos)\/\{token\} get/,
    why: "A share link is opened by a person without an account, a dashboard by a browser: its URL is all they have. It expires and can be ended. A picture in a page has no other proof than its address, either.",
  },
  {
    rule: "operation-2xx-response",
    at: /^paths \/v1\/photos\/\{token\} get/,
    why: "A photo's address leads to the picture and has no other answer: 302.",
  },
  {
    rule: "owasp:api8:2023-define-cors-origin",
    why: "The gateway adds the CORS headers, for the origins that the stage names; those of `uploads` are to be sent.",
  },
  {
    rule: "owasp:api4:2023-rate-limit",
    why: "The gateway limits the rate of the whole stage and tells no client a share of its own in headers.",
  },
  {
    rule: "owasp:api4:2023-string-restricted",
    at: /requestBody content application\/json schema properties (password|current_password|refresh_token|token)$/,
    why: "It is compared with what is kept, whatever it is; a form would only help to guess.",
  },
  {
    rule: "owasp:api4:2023-string-restricted",
    at: /properties corrections items properties value anyOf 1$/,
    why: "The path beside it decides by which schema the value is read.",
  },
];

/** Whether a finding is one of those. */
export const isLeft = ({ rule, at }: Finding) =>
  left.some((one) => one.rule === rule && (one.at === undefined || one.at.test(at)));
