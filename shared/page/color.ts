const hex = /^#[0-9a-f]{6}$/i;
/** WCAG 2.2, 1.4.3: the minimum contrast of text. */
const leastContrast = 4.5;
const steps = 200;

/** The colour of brokerages that chose none. */
export const defaultAccent = "#0b5d57";

type Rgb = readonly [number, number, number];

/**
 * The colour nearest to a brand's in which text can be read on white, and white text on it: darkened in its own hue as
 * far as WCAG asks and no further. Throws on anything but #rrggbb.
 */
export const legible = (color: string): string => nearest(parse(color), [0, 0, 0], parse("#ffffff"));

/** The same on a dark ground: lightened, as far as text on that ground needs. */
export const legibleOn = (ground: string, color: string): string =>
  nearest(parse(color), [255, 255, 255], parse(ground));

/** The first colour on the way to black or white that can be read on a ground. */
function nearest(from: Rgb, to: Rgb, ground: Rgb): string {
  for (let step = steps; step >= 0; step--) {
    const mixed = from.map((channel, at) =>
      Math.floor((channel * step + to[at]! * (steps - step)) / steps),
    ) as unknown as Rgb;
    if (contrast(mixed, ground) >= leastContrast) return written(mixed);
  }
  throw new Error("neither black nor white is legible on this ground");
}

/** Contrast with white by WCAG's formula: 1 for white, 21 for black. */
export const contrastOnWhite = (color: string): number => contrast(parse(color), [255, 255, 255]);

function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: Rgb): number {
  const [r, g, b] = color.map(linear) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
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
