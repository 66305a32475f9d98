import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { resolve } = createRequire(import.meta.url);

/** The report's two typefaces (SIL Open Font License), the Latin letters of each in every weight. */
const fonts = [
  { family: "Inter", file: "@fontsource-variable/inter/files/inter-latin-wght-normal.woff2" },
  {
    family: "Source Serif 4",
    file: "@fontsource-variable/source-serif-4/files/source-serif-4-latin-wght-normal.woff2",
  },
];

/** CSS that carries the report's fonts in itself: a function has none, and a page must fetch none. */
export function reportFonts(): string {
  return fonts
    .map(({ family, file }) => {
      const data = readFileSync(resolve(file)).toString("base64");
      return `@font-face{font-family:"${family}";font-weight:200 900;src:url(data:font/woff2;base64,${data}) format("woff2")}`;
    })
    .join("\n");
}
