import { readFileSync } from "node:fs";
import { tableFor } from "../../shared/data/table.ts";
import { operation } from "../../shared/entry/definition.ts";
import { PublicPage } from "../../shared/entry/public-page.ts";

let document: PublicPage | undefined;

export const getOpenapi = operation({
  id: "getOpenapi",
  method: "GET",
  path: "/openapi.json",
  permission: "public",
  summary: "Read the OpenAPI document of this API",
  answer: { status: 200, type: "application/json" },
  access: { table: tableFor("GetItem") },
  bundle: { files: ["openapi.json"] },
  async run() {
    document ??= new PublicPage(readFileSync(new URL("./openapi.json", import.meta.url), "utf8"));
    return document;
  },
});
