/** Points of width that a landscape page of Letter leaves inside its margins; of them, the labels' and a column's. */
const pageWidth = 724;
const [labels, padding] = [74, 4.5];

/** The size of type, in points, in which a table of so many columns fits a landscape page, none of its values broken. */
export function typeSize(columns: number, values: readonly string[]): number {
  const room = (pageWidth - labels) / columns - padding;
  return Number(Math.min(8.5, Math.max(4, room / Math.max(...values.map(widthOf)))).toFixed(2));
}

/** How wide a text in the sans-serif is, in its type's size: tabular figures are equal, points and spaces narrow. */
const widthOf = (text: string) =>
  [...text].reduce((sum, one) => sum + (/[\s.,:’'|]/.test(one) ? 0.29 : /[mwMW%]/.test(one) ? 0.9 : 0.65), 0);
