const hex = /^#[0-9a-f]{6}$/i;
/** WCAG 2.2, 1.4.3: the minimum contrast of text. */
const leastContrast = 4.5;
const steps = 200;

type Rgb = readonly [number, number, number];

/**
 * The colour nearest to a brand's in which text can be read on white, and white text on it: darkened in its own hue as
 * far as WCAG asks and no further. Throws on anything but #rrggbb.
 */
export function legible(color: string): string {
  const rgb = parse(color);
  for (let step = steps; step >= 0; step--) {
    const darker = rgb.map((channel) => Math.floor((channel * step) / steps)) as unknown as Rgb;
    if (contrastOnWhite(darker) >= leastContrast) return written(darker);
  }
  throw new Error("black is legible on white");
}

/** Contrast with white by WCAG's formula: 1 for white, 21 for black. */
export function contrastOnWhite(color: string | Rgb): number {
  const [r, g, b] = (typeof color === "string" ? parse(color) : color).map(linear) as [
    number,
    number,
    number,
  ];
  return 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05);
}

function linear(channel: number): number {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
}

function parse(color: string): Rgb {
  if (!hex.test(color)) throw new RangeError(`not a colour as #rrggbb: ${color}`);
  return [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as unknown as Rgb;
}

const written = (rgb: Rgb) => `#${rgb.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
