import type { IncomingMessage } from "node:http";
import type { Resource } from "./templates.ts";

/** A cross-origin rule, as S3 and API Gateway both have it. */
export interface CorsRule {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly maxAge?: number;
}

/** The rule that a template declares, for an API ("AllowOrigins") or for a bucket ("AllowedOrigins"). */
export const corsRule = (declared: Resource["properties"]): CorsRule => ({
  origins: declared.AllowOrigins ?? declared.AllowedOrigins ?? [],
  methods: declared.AllowMethods ?? declared.AllowedMethods ?? [],
  headers: declared.AllowHeaders ?? declared.AllowedHeaders ?? [],
  exposed: declared.ExposeHeaders ?? declared.ExposedHeaders ?? [],
  maxAge: declared.MaxAge,
});

const matches = (patterns: readonly string[], text: string) =>
  patterns.some((pattern) => {
    const [start = "", end] = pattern.toLowerCase().split("*");
    const lower = text.toLowerCase();
    return end === undefined ? lower === start : lower.startsWith(start) && lower.endsWith(end);
  });

/** Whether a request is a browser's preflight. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === "OPTIONS" && Boolean(headers.origin && headers["access-control-request-method"]);
}

/** The CORS headers of the first rule that matches the request; undefined when none does. */
export function corsHeaders(
  rules: readonly CorsRule[],
  request: IncomingMessage,
): Record<string, string> | undefined {
  const { origin } = request.headers;
  if (!origin) return;
  const preflight = isPreflight(request);
  const method = preflight ? request.headers["access-control-request-method"]! : request.method!;
  const asked = (request.headers["access-control-request-headers"] ?? "")
    .split(",")
    .map((name) => name.trim());
  const rule = rules.find(
    ({ origins, methods, headers }) =>
      matches(origins, origin) &&
      matches(methods, method) &&
      (!preflight || asked.every((name) => !name || matches(headers, name))),
  );
  if (!rule) return;
  return {
    "access-control-allow-origin": rule.origins.includes("*") ? "*" : origin,
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
    ...(rule.exposed.length > 0 && { "access-control-expose-headers": rule.exposed.join(",") }),
    ...(preflight && {
      "access-control-allow-methods": rule.methods.join(","),
      "access-control-allow-headers": asked.filter(Boolean).join(","),
      ...(rule.maxAge && { "access-control-max-age": String(rule.maxAge) }),
    }),
  };
}
