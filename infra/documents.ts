import { areas } from "../functions/index.ts";
import { docsPage } from "./documents/docs-page.ts";
import { openApi } from "./documents/openapi.ts";
import { reportFonts } from "./documents/report-fonts.ts";
import { assistantTools } from "./documents/tools.ts";

/** The files that the build makes, by name; each stands beside the bundle that asks. */
export function documents(): Record<
  "openapi.json" | "docs.html" | "report-fonts.css" | "tools.json",
  string
> {
  const document = openApi(areas);
  return {
    "openapi.json": JSON.stringify(document),
    "docs.html": docsPage(document),
    "report-fonts.css": reportFonts(),
    "tools.json": JSON.stringify(assistantTools(areas)),
  };
}
