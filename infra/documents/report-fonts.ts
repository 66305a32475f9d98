import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { resolve } = createRequire(import.meta.url);

/** The report's two typefaces (SIL Open Font License). A browser embeds a variable font in a PDF as drawings of letters. */
const fonts = [
  { family: "Inter", name: "inter", weights: [400, 600, 700] },
  { family: "Source Serif 4", name: "source-serif-4", weights: [400, 600] },
];

/** CSS that carries the report's Latin letters in itself: a function has no fonts, and a page must fetch none. */
export function reportFonts(): string {
  const faces = fonts.flatMap(({ family, name, weights }) =>
    weights.map((weight) => {
      const file = resolve(`@fontsource/${name}/files/${name}-latin-${weight}-normal.woff2`);
      const data = readFileSync(file).toString("base64");
      return `@font-face{font-family:"${family}";font-weight:${weight};src:url(data:font/woff2;base64,${data}) format("woff2")}`;
    }),
  );
  return faces.join("\n");
}
