import sharp from "sharp";
import { describe, expect, test } from "vitest";
import { withProfile } from "../../shared/media/heic.ts";
import { mismatch } from "../../shared/media/magic-bytes.ts";
import { makePictures } from "../../shared/media/pictures.ts";
import { prepare, preparePicture } from "../../shared/media/prepare.ts";
import { drawing, type HostileUpload, heic, hostileUploads, mark } from "../hostile-uploads.ts";

const all = await hostileUploads();
type Prepare = (bytes: Buffer, contentType: HostileUpload["content_type"]) => ReturnType<typeof prepare>;

/** What readers would get of an attack that they must not; empty when nothing. */
async function leaks({ content_type, bytes }: HostileUpload, how: Prepare): Promise<string[]> {
  const prepared = await how(Buffer.from(bytes), content_type);
  if (typeof prepared === "string") return [];
  return prepared.files.flatMap((file) => {
    const served = file.bytes.toString("latin1");
    const isPicture = file.content_type === "image/jpeg" && served.startsWith("\xff\xd8\xff");
    return [
      ...(file.name === "file" || isPicture ? [] : [`${file.name} is no picture`]),
      ...(served.includes(mark) && file.content_type !== "application/pdf"
        ? [`${file.name} has the payload`]
        : []),
      ...(/Exif\0|GPS|xmpmeta|8BIM|ICC_PROFILE/.test(served) ? [`${file.name} has metadata`] : []),
    ];
  });
}

describe("hostile uploads", () => {
  test("there are at least forty, each with a name of its own", () => {
    expect(new Set(all.map(({ name }) => name)).size).toBeGreaterThanOrEqual(40);
  });

  test.each(all)("$name: $becomes", async (upload) => {
    const prepared = await prepare(Buffer.from(upload.bytes), upload.content_type);
    const became =
      typeof prepared === "string" ? prepared : prepared.metadata === null ? "download" : "clean pictures";
    expect(became).toBe(upload.becomes);
    expect(await leaks(upload, prepare)).toEqual([]);
  });

  test("as a user's photo each image becomes the same, in one size of 512 pixels at most", async () => {
    const images = all.filter(({ content_type }) => content_type.startsWith("image/"));
    for (const { name, content_type, bytes, becomes } of images) {
      const made = await preparePicture(Buffer.from(bytes), content_type as "image/png");
      expect(typeof made === "string" ? made : "clean pictures", name).toBe(becomes);
      if (typeof made === "string") continue;
      expect(Math.max(made.width, made.height), name).toBeLessThanOrEqual(512);
      const served = made.bytes.toString("latin1");
      expect([served.startsWith("\xff\xd8\xff"), served.includes(mark)], name).toEqual([true, false]);
      expect(/Exif\0|GPS|xmpmeta|8BIM|ICC_PROFILE/.test(served), name).toBe(false);
    }
  });

  test("sabotage: serving what was sent, the same check finds the payloads", async () => {
    const asSent: Prepare = async (bytes, content_type) => ({
      metadata: null,
      files: [{ name: "large", content_type, bytes }],
    });
    const images = all.filter(
      ({ content_type, becomes }) => content_type.startsWith("image/") && becomes !== "unreadable",
    );
    const found = await Promise.all(images.map((upload) => leaks(upload, asSent)));
    const harmless = images.filter((_, at) => found[at]!.length === 0).map(({ name }) => name);
    // It attacks the decoder and not the reader.
    expect(harmless).toEqual(["JPEG of 4,290 megapixels"]);
  });

  test("sabotage: served as they were sent, documents that run something would be served", async () => {
    const running = all.filter(({ becomes }) => becomes === "runs_something" || becomes === "not_checkable");
    const served = async (how: Prepare) => {
      const prepared = await Promise.all(running.map(({ bytes, content_type }) => how(bytes, content_type)));
      return running.filter((_, at) => typeof prepared[at] !== "string").map(({ name }) => name);
    };
    expect(await served(prepare)).toEqual([]);
    const justCut: Prepare = async (bytes, content_type) =>
      mismatch(bytes, content_type) ?? { metadata: null, files: [{ name: "file", content_type, bytes }] };
    expect(await served(justCut)).toEqual(running.map(({ name }) => name));
  });

  test.each(all.filter(({ becomes }) => becomes === "too_many_pixels"))(
    "$name is refused in under 50 ms",
    async (bomb) => {
      await prepare(Buffer.from(bomb.bytes), bomb.content_type);
      const started = performance.now();
      await prepare(Buffer.from(bomb.bytes), bomb.content_type);
      expect(performance.now() - started).toBeLessThan(50);
    },
  );

  test("sabotage: without the look at the header, the bomb takes longer", async () => {
    const [png] = all.filter(({ name }) => name === "PNG of 900 megapixels");
    const started = performance.now();
    await sharp(png!.bytes, { limitInputPixels: false })
      .resize(320)
      .toBuffer()
      .catch(() => {});
    expect(performance.now() - started).toBeGreaterThan(50);
  });
});

describe("pictures", () => {
  const sizesOf = async (bytes: Buffer, type: HostileUpload["content_type"]) => {
    const prepared = await prepare(bytes, type);
    if (typeof prepared === "string") throw new Error(prepared);
    return prepared;
  };

  test("three sizes, never enlarged, as metadata says", async () => {
    const { metadata, files } = await sizesOf(await drawing(1500, 1000).png().toBuffer(), "image/png");
    expect(metadata).toEqual({
      width: 1500,
      height: 1000,
      sizes: {
        large: { width: 1500, height: 1000 },
        medium: { width: 1024, height: 683 },
        small: { width: 320, height: 213 },
      },
    });
    for (const { name, bytes } of files) {
      const { width, height, format, exif, icc, xmp } = await sharp(bytes).metadata();
      expect({ width, height }).toEqual(metadata?.sizes[name as "large"]);
      expect({ format, exif, icc, xmp }).toEqual({ format: "jpeg" });
    }
  });

  test("upright: Exif's orientation is in the pixels", async () => {
    const turned = await drawing(600, 400).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect((await sizesOf(turned, "image/jpeg")).metadata).toMatchObject({ width: 400, height: 600 });
  });

  test("sRGB: a wide-gamut profile is converted, transparency becomes white", async () => {
    const wide = await sharp({ create: { width: 50, height: 50, channels: 3, background: "#ff0000" } })
      .withIccProfile("p3")
      .png()
      .toBuffer();
    const clear = await sharp({ create: { width: 50, height: 50, channels: 4, background: "#00000000" } })
      .png()
      .toBuffer();
    const colour = async (bytes: Buffer) => {
      const { files } = await sizesOf(bytes, "image/png");
      return [...(await sharp(files[0]!.bytes).raw().toBuffer()).subarray(0, 3)];
    };
    const [red = 0, green = 255] = await colour(wide);
    expect(red).toBeGreaterThan(245);
    expect(green).toBeLessThan(15);
    for (const channel of await colour(clear)) expect(channel).toBeGreaterThan(250);
  });

  test("are read by four decoders and no other: not even the head of an SVG or a TIFF is looked at", async () => {
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
    );
    const tiff = await drawing(20, 10).tiff().toBuffer();
    for (const bytes of [svg, tiff]) {
      // A decoder that reads it would say what it is: a mismatch.
      expect(await makePictures(bytes, "image/png", { shown: 512 })).toBe("unreadable");
      await expect(sharp(bytes).metadata()).rejects.toThrow("unsupported image format");
    }
  });

  test("of a JPEG without its end marker are whole; of one that was cut there are none", async () => {
    for (const progressive of [false, true]) {
      const bytes = await drawing(300, 200).jpeg({ progressive }).toBuffer();
      const whole = await sizesOf(bytes, "image/jpeg");
      const open = await sizesOf(bytes.subarray(0, -2), "image/jpeg");
      expect(open.files.map(({ bytes }) => bytes)).toEqual(whole.files.map(({ bytes }) => bytes));
      expect(await prepare(bytes.subarray(0, Math.floor(bytes.length * 0.7)), "image/jpeg")).toBe(
        "unreadable",
      );
    }
  });

  test("of a telephone's HEIC show what was photographed, in the colours of its profile", async () => {
    const { metadata, files } = await sizesOf(heic, "image/heic");
    expect(metadata).toMatchObject({ width: 64, height: 48, sizes: { small: { width: 64, height: 48 } } });
    const pixel = async (left: number, top: number) => [
      ...(await sharp(files[0]!.bytes).extract({ left, top, width: 1, height: 1 }).raw().toBuffer()),
    ];
    // Red grows to the right, green downwards.
    const [topLeft, bottomRight] = [await pixel(4, 4), await pixel(60, 44)];
    expect(bottomRight[0]! - topLeft[0]!).toBeGreaterThan(120);
    expect(bottomRight[1]! - topLeft[1]!).toBeGreaterThan(120);

    const red = sharp({ create: { width: 20, height: 20, channels: 3, background: "#dd4422" } }).png();
    const wide = await sharp(await red.toBuffer())
      .withIccProfile("p3")
      .png()
      .toBuffer();
    const { icc } = await sharp(wide).metadata();
    const bare = await sharp(wide, { ignoreIcc: true }).png().toBuffer();
    const colours = async (bytes: Buffer) =>
      [...(await sharp(bytes).toColourspace("srgb").raw().toBuffer())].slice(0, 3);
    expect(await colours(withProfile(bare, icc!))).toEqual(await colours(wide));
  });

  test.each(["jpeg", "png", "webp", "avif"] as const)("%s is read", async (format) => {
    const bytes = await drawing(100, 80).toFormat(format).toBuffer();
    expect((await sizesOf(bytes, `image/${format}`)).metadata).toMatchObject({ width: 100, height: 80 });
  });
});
