import { Validations } from "aws-cdk-lib";
import { HttpMethod, HttpRoute, HttpRouteKey, type IHttpApi } from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type { Operation } from "../../shared/entry/definition.ts";
import type { OperationFunction } from "./operation-function.ts";

/** A route as the gateway names it; the path `$default` is what no other route matches. */
export const routeKeyOf = ({ method, path }: Operation): string =>
  path === "$default" ? path : `${method} ${path}`;

/** Sends the operation's method and path to its function; where it speaks another protocol, other methods, too: for 405. */
export function route(target: OperationFunction, httpApi: IHttpApi, operation: Operation): void {
  const { method, path, protocol } = operation;
  const integration = new HttpLambdaIntegration("Integration", target.lambda);
  const send = (id: string, routeKey: HttpRouteKey) => {
    const made = new HttpRoute(target, id, { httpApi, routeKey, integration });
    Validations.of(made).acknowledge({
      id: "AwsSolutions-APIG4",
      reason:
        "Every operation states its permission, and the one handler stack checks it together with the session in the " +
        "table: revocation holds from the next request, which no cached authorizer gives.",
    });
  };
  const isDefault = path === "$default";
  send("Route", isDefault ? HttpRouteKey.DEFAULT : HttpRouteKey.with(path, method as HttpMethod));
  if (protocol) send("OtherMethods", HttpRouteKey.with(path, HttpMethod.ANY));
}
