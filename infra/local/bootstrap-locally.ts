import { bootstrap } from "../bootstrap.ts";
import type { Cloud } from "./cloud.ts";

/** Makes in a local cloud what a fresh deployment lacks. */
export const bootstrapLocally = ({ environment, resource }: Cloud): Promise<void> =>
  bootstrap(environment, {
    table: resource("AWS::DynamoDB::GlobalTable"),
    signingSecret: resource("AWS::SecretsManager::Secret", "Signing"),
    checkpointSecret: resource("AWS::SecretsManager::Secret", "Checkpoints"),
    assistantSecret: resource("AWS::SecretsManager::Secret", "Assistant"),
  });
