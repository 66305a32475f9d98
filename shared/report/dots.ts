import { ink, type } from "../page/chart.ts";

/** Dots for the sales that are not in the grid: hollow, so that they differ from the others without colour. */
export const others = (data: readonly (readonly [string | number, number])[]) => ({
  type: "scatter",
  data,
  symbolSize: 5,
  itemStyle: { color: "#fff", borderColor: "#97a0ac", borderWidth: 1 },
});

/** Dots for the comparables. */
export const comparables = (data: readonly (readonly [string | number, number])[], accent: string) => ({
  type: "scatter",
  data,
  symbolSize: 9,
  itemStyle: { color: accent, opacity: 1, borderColor: "#fff", borderWidth: 1 },
});

/** The home itself: a labelled diamond. */
export const thisHome = (at: readonly [string | number, number], label: string) => ({
  type: "scatter",
  data: [at],
  symbol: "diamond",
  symbolSize: 16,
  z: 5,
  itemStyle: { color: ink, opacity: 1, borderColor: "#fff", borderWidth: 1.5 },
  label: {
    show: true,
    formatter: label,
    position: "top",
    fontFamily: type.fontFamily,
    fontWeight: 700,
    fontSize: 12,
    color: ink,
    textBorderColor: "#fff",
    textBorderWidth: 3,
  },
});
