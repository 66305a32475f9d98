import { html, type Markup } from "./html.ts";

/** A table in a region of its own: on a narrow screen the region scrolls, not the page. */
export const region = (label: string, table: Markup, kind = ""): Markup =>
  html`<div class="scroll ${kind}" tabindex="0" role="region" aria-label="${label}">${table}</div>`;
