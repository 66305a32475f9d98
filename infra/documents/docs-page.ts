import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { problems } from "../../shared/domain/problem.ts";
import type { OpenApi } from "./document.ts";

const { resolve } = createRequire(import.meta.url);
const swagger = (file: string) => readFileSync(resolve(`swagger-ui-dist/${file}`), "utf8");

/** The documentation as one page that needs nothing from elsewhere: Swagger UI, the document and every problem. */
export function docsPage(document: OpenApi): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gable API</title>
<!--
Swagger UI. ${swagger("NOTICE").trim()} Apache License 2.0, https://www.apache.org/licenses/LICENSE-2.0
${swagger("swagger-ui-bundle.js.LICENSE.txt").replaceAll("--", "- -")}
-->
<style>${swagger("swagger-ui.css").replace(/\/\*# sourceMappingURL.*?\*\//, "")}${ownStyle}</style>
</head>
<body>
<div id="operations"></div>
<main class="problems">
<h1>Problems</h1>
<p>Every error the API answers is one of these. <code>type</code> of a problem document links here.</p>
<dl>
${Object.entries(problems).map(problemEntry).join("\n")}
</dl>
</main>
<script type="application/json" id="document">${inScript(JSON.stringify(document))}</script>
<script>${inScript(swagger("swagger-ui-bundle.js"))}</script>
<script>${start}</script>
</body>
</html>
`;
}

/** Text that cannot end its script element; the escape means the same in JSON and in string literals. */
const inScript = (text: string) => text.replace(/<(?=!--|\/?script)/gi, "\\u003c");

const problemEntry = ([code, { status, title }]: [string, { status: number; title: string }]) =>
  `<dt id="problem-${code}"><code>${code}</code> <span>${status}</span></dt><dd>${title}.</dd>`;

const ownStyle = `
body { margin: 0; background: #fff; color: #3b4151; font-family: sans-serif }
.problems { max-width: 1460px; box-sizing: border-box; margin: 0 auto; padding: 0 20px 60px }
.problems dt { margin-top: 14px; font-weight: 600 }
.problems dt:target { outline: 3px solid #4990e2; outline-offset: 4px }
.problems dt span { font-weight: 400 }
.problems dd { margin: 4px 0 0 }`;

const start = `
SwaggerUIBundle({
  spec: JSON.parse(document.getElementById("document").textContent),
  dom_id: "#operations",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  docExpansion: "list",
  defaultModelsExpandDepth: -1,
  persistAuthorization: false,
  onComplete() { if (location.hash) document.querySelector(location.hash)?.scrollIntoView(); },
});`;
