import type { Api, ApiAnswer, ApiRequest } from "../../data/api.ts";
import { invalidInput, Problem } from "../../domain/problem.ts";
import { pathOf, requestOf, type Tool } from "../tools.ts";
import { failedBy, resultOf, type ToolResult } from "./tool-result.ts";

/** Calls the operation behind a tool as its caller, who is told what the API told them. */
export async function read(
  api: Api,
  authorization: string,
  tool: Tool,
  given: Readonly<Record<string, unknown>>,
): Promise<ToolResult> {
  try {
    for (const [name, value] of Object.entries(given))
      if (typeof value === "object" && value !== null) throw invalidInput(name, "must be a text");
    const path = pathOf(tool.path, requestOf(tool, given));
    return resultOf(await answered(api, { authorization, method: tool.method, path }));
  } catch (error) {
    if (error instanceof Problem) return failedBy(error);
    throw error;
  }
}

/** What the API answers; the problem `busy` where it does not. */
export async function answered(api: Api, request: ApiRequest): Promise<ApiAnswer> {
  try {
    return await api.call(request);
  } catch (error) {
    // What fetch throws: no connection, or no answer in time.
    if (error instanceof TypeError || error instanceof DOMException)
      throw new Problem("busy", "Gable did not answer in time: try again");
    throw error;
  }
}
