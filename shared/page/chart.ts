import { BarChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { type EChartsCoreOption, init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { html, type Markup, trusted } from "./html.ts";

use([BarChart, GridComponent, LineChart, ScatterChart, SVGRenderer]);

/** The colours in which all is drawn that is not in an accent colour. */
export const drawn = {
  paper: "#fff",
  ink: "#1c2430",
  quiet: "#555e6b",
  faint: "#c3c9d1",
  grid: "#e9ecef",
} as const;
export const { ink } = drawn;
const { quiet, faint } = drawn;
const [width, height] = [400, 240];
export const type = { fontFamily: "Inter, sans-serif", color: ink };

/** A chart drawn to SVG under its title; `caption` says in words what is seen. */
export function figure(title: string, caption: string, option: EChartsCoreOption): Markup {
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption({
    animation: false,
    textStyle: type,
    grid: {
      left: 4,
      right: 18,
      top: 14,
      bottom: 4,
      outerBoundsMode: "same",
      outerBoundsContain: "all",
    },
    ...option,
  });
  const svg = chart.renderToSVGString({ useViewBox: true });
  chart.dispose();
  return html`<figure><h3>${title}</h3>${trusted(lean(svg, title, html`${title}. ${caption}`.text))}<figcaption>${caption}</figcaption></figure>`;
}

/**
 * The drawing alone: without the styles and marks for a script that never runs, the page's own type, and names that
 * count up over a process's life, so that equal is equal.
 */
function lean(svg: string, title: string, label: string): string {
  const name = title.toLowerCase().replaceAll(" ", "-");
  return (
    svg
      .replace("<svg ", () => `<svg role="img" aria-label="${label}" `)
      .replace(/<style.*?<\/style>/gs, "")
      .replace(/ (ecmeta_\w+|class|pointer-events)="[^"]*"/g, "")
      .replace(/zr\d+-/g, `${name}-`)
      .replace(/font-family: ?[^;"]*;?/g, "")
      // As an attribute, which a policy that allows no style of an element lets pass.
      .replace(/ style="font-size:(\d+)px;?"/g, ' font-size="$1"')
      .replace(/(\d+\.\d{2})\d+/g, "$1")
  );
}

/** An axis of numbers or times. */
export const axis = (
  kind: "value" | "time" | "category",
  name: string,
  formatter?: (value: string | number) => string,
) => ({
  type: kind,
  ...(name && { name, nameLocation: "middle", nameGap: 28, nameTextStyle: { ...type, color: quiet } }),
  axisLabel: { ...type, color: quiet, fontSize: 12, ...(formatter ? { formatter } : {}), hideOverlap: true },
  axisLine: { lineStyle: { color: faint } },
  axisTick: { show: false },
  splitLine: { show: kind === "value", lineStyle: { color: drawn.grid } },
});

/** Bars by month; `open` is the month that the data may not fill yet, drawn hollow. */
export const bars = (values: readonly (number | null)[], open: number, accent: string) => ({
  type: "bar",
  barMaxWidth: 20,
  data: values.map((value, at) => ({
    value,
    itemStyle:
      at === open
        ? { color: drawn.paper, borderColor: accent, borderWidth: 1.5, borderType: "dashed" }
        : { color: accent },
  })),
  label: { show: true, position: "top", fontFamily: type.fontFamily, fontSize: 11, color: ink },
});
