import { html, type Markup } from "./html.ts";

/** A whole page: its title, its style and what stands in its body. No search engine lists it. */
export const page = (title: Markup, style: Markup, body: Markup): string =>
  html`<!doctype html>
<html lang="en-US">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>`.text;
