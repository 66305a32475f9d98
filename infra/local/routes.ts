import type { Resource } from "./templates.ts";

/** One route of the HTTP API: its key ("GET /v1/properties/{property_id}") and the function behind it. */
export interface Route {
  readonly key: string;
  readonly method: string;
  readonly segments: readonly string[];
  readonly functionArn: string;
  /** Milliseconds after which the gateway gives up. */
  readonly timeout: number;
}

/** A route and the values of its path's parameters. */
export interface Match {
  readonly route: Route;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The templates' routes, each with its integration's function. */
export function readRoutes(resources: readonly Resource[]): Route[] {
  const integrations = new Map(
    resources
      .filter(({ type }) => type === "AWS::ApiGatewayV2::Integration")
      .map((each) => [each.ref, each.properties]),
  );
  return resources
    .filter(({ type }) => type === "AWS::ApiGatewayV2::Route")
    .map(({ logicalId, properties }) => {
      const integration = integrations.get(String(properties.Target).split("/").at(-1)!);
      if (integration?.IntegrationType !== "AWS_PROXY" || integration.PayloadFormatVersion !== "2.0")
        throw new Error(`${logicalId}: the local cloud runs Lambda proxy integrations of payload 2.0 only`);
      const [method, path = ""] = properties.RouteKey.split(" ");
      return {
        key: properties.RouteKey,
        method,
        segments: path.split("/").slice(1),
        // Either the function's ARN itself, or the URI of its invocation, which contains it.
        functionArn:
          integration.IntegrationUri.match(/arn:aws:lambda:[^/]+/)?.[0] ?? integration.IntegrationUri,
        timeout: integration.TimeoutInMillis ?? 30_000,
      };
    });
}

/** The route that API Gateway would take: a full match before parameters, those before a greedy one, `$default` last. */
export function matchRoute(routes: readonly Route[], method: string, path: string): Match | undefined {
  const segments = path.split("/").slice(1);
  let best: (Match & { rank: string }) | undefined;
  for (const route of routes) {
    const parameters =
      route.method === method || route.method === "ANY" ? fit(route.segments, segments) : undefined;
    if (!parameters) continue;
    // One digit a segment, the most specific lowest, and a route of its own method before ANY.
    const rank =
      route.segments.map((s) => (s.endsWith("+}") ? 2 : s.startsWith("{") ? 1 : 0)).join("") +
      (route.method === "ANY" ? 1 : 0);
    if (!best || rank < best.rank) best = { route, parameters, rank };
  }
  const last = routes.find(({ key }) => key === "$default");
  return best ?? (last && { route: last, parameters: {} });
}

function fit(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [at, part] of pattern.entries()) {
    const segment = segments[at];
    if (part.endsWith("+}")) {
      const rest = segments.slice(at).join("/");
      return rest === "" ? undefined : { ...parameters, [part.slice(1, -2)]: decodeURIComponent(rest) };
    }
    if (part.startsWith("{")) {
      if (!segment) return;
      parameters[part.slice(1, -1)] = decodeURIComponent(segment);
    } else if (part !== segment) return;
  }
  return pattern.length === segments.length ? parameters : undefined;
}
