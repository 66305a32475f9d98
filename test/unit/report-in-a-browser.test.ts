import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { extractImages, extractTextItems, getDocumentProxy } from "unpdf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { legible } from "../../shared/page/color.ts";
import { launchBrowser } from "../../shared/report/browser.ts";
import type { Report } from "../../shared/report/contents.ts";
import { reportPdf } from "../../shared/report/pdf.ts";
import { reportPolicy } from "../../shared/report/policy.ts";
import { reportPage } from "../../shared/report/report.ts";
import { faults, type OnePage, onePage, tooWide } from "../browser.ts";
import { reportFor, spareReport } from "../reports.ts";

const shots = join(import.meta.dirname, "../../.build/report");
mkdirSync(shots, { recursive: true });

let shown: OnePage;
let photos: Server;
let photo: Buffer;
const asked: string[] = [];

beforeAll(async () => {
  photo = await sharp({ create: { width: 1024, height: 683, channels: 3, background: "#7a9eb1" } })
    .jpeg()
    .toBuffer();
  photos = createServer((request, response) => {
    asked.push(request.url!);
    if (request.url === "/missing") return void response.writeHead(403).end();
    response.writeHead(200, { "content-type": "image/jpeg" }).end(photo);
  }).listen(0, "127.0.0.1");
  shown = await onePage("http://report.invalid/");
});
afterAll(async () => {
  await shown.close();
  photos.close();
});

const photoAt = (name: string) => `http://127.0.0.1:${(photos.address() as AddressInfo).port}/${name}`;
const reports: Record<string, () => Report> = {
  full: () => reportFor({}, { photos: ["1", "2", "3"].map(photoAt) }),
  spare: spareReport,
};

/** Opens a report under its own policy. */
async function open(html: string, width: number): Promise<Page> {
  await shown.page.setViewportSize({ width, height: 900 });
  await shown.open(html, reportPolicy);
  return shown.page;
}

describe.each(Object.keys(reports))("the %s report", (kind) => {
  test.each([1280, 390])(
    "at %i pixels has no fault that axe finds, overflows nothing, fetches nothing",
    async (width) => {
      const report = reports[kind]!();
      const page = await open(reportPage(report), width);
      expect(shown.requests).toEqual(["http://report.invalid/", ...report.photos]);
      expect(await page.locator("script, link, iframe, object").count()).toBe(0);
      expect(await tooWide(page)).toBe(0);
      expect(await faults(page)).toEqual([]);
      await page.screenshot({ path: join(shots, `${kind}-${width}.png`) });
    },
  );

  test.each(["Letter", "A4"] as const)("on %s cuts nothing and leaves no page blank", async (size) => {
    const report = reports[kind]!();
    const { bytes } = await reportPdf(report, size);
    writeFileSync(join(shots, `${kind}-${size}.pdf`), bytes);
    const pdf = await pagesOf(bytes);
    expect(pdf.length).toBeGreaterThanOrEqual(6);
    expect(pdf.length).toBeLessThanOrEqual(9);
    expect(cutOff(pdf)).toEqual([]);
    for (const { text } of pdf) expect(text.length).toBeGreaterThan(100);
    const [cover, ...rest] = pdf;
    expect(cover!.text).not.toContain("1 / ");
    for (const [at, { text }] of rest.entries()) {
      expect(text).toContain(`${at + 2} / ${pdf.length}`);
      expect(text).toContain(report.brokerage.name.slice(0, 18));
      expect(text).toContain("Draft: not yet approved by a person");
    }
    const grid = pdf.find(({ text }) => text.includes("The adjustment grid"))!;
    expect(grid.width).toBeGreaterThan(grid.height);
    for (const { adjusted_price } of report.analysis.comps)
      expect(grid.text).toContain(adjusted_price.toLocaleString("en-US"));
  });
});

test("the checks see what they look for", async () => {
  const bad = reportPage(spareReport()).replace(
    "<main>",
    '<main><img src="x:y"><p style="min-width:2000px">wide</p>',
  );
  const page = await open(bad, 390);
  expect(await tooWide(page)).toBeGreaterThan(1000);
  expect((await faults(page)).join()).toContain("image-alt");
  expect(shown.requests.length).toBeGreaterThan(1);
  expect(cutOff([{ width: 600, height: 800, text: "", right: 640 }])).toHaveLength(1);
});

test("every column of the grid adds up as it is shown, and the weights to the suggested price", async () => {
  const report = reportFor();
  const page = await open(reportPage(report), 1280);
  const rows = await Promise.all(
    (await page.locator('[aria-label="Adjustment grid"] tbody tr').all()).map((row) =>
      row.locator("th, td").allInnerTexts(),
    ),
  );
  const said: Record<string, string[]> = Object.fromEntries(
    rows.map(([title, , ...cells]) => [title, cells]),
  );
  const amount = (text: string) =>
    Number(
      text
        .split("\n")
        .at(-1)!
        .replace("−", "-")
        .replace(/[$,+%]/g, ""),
    );
  const lines = rows.map(([title]) => title!);
  const between = lines.slice(lines.indexOf("Sale price") + 1, lines.indexOf("Net adjustment"));
  expect(between).toContain("Living area (sq ft)");
  const { comps, suggested_price } = report.analysis;
  for (const at of comps.keys()) {
    const sum = between.reduce(
      (total, line) => total + (amount(said[line]![at]!) || 0),
      amount(said["Sale price"]![at]!),
    );
    expect(sum).toBe(amount(said["Adjusted price"]![at]!));
  }
  const shares = said.Weight!.map(amount);
  const total = said["Adjusted price"]!.reduce(
    (sum, text, at) => sum + (amount(text) * shares[at]!) / 100,
    0,
  );
  expect(Math.abs(total - suggested_price)).toBeLessThan(1);
});

test("in black and white the range, its middle and the ground stay apart", async () => {
  const page = await open(reportPage(reportFor()), 1280);
  const grey = async (selector: string) => {
    const bytes = await page.locator(selector).first().screenshot();
    const { data, info } = await sharp(bytes).greyscale().raw().toBuffer({ resolveWithObject: true });
    return data[((info.height >> 1) * info.width + 6) * info.channels]!;
  };
  const wide = await grey(".scale .wide");
  expect(255 - wide).toBeGreaterThan(40);
  for (const brand of ["#0b5d57", "#fff200", "#8a93a0"]) {
    await page.evaluate(`document.documentElement.style.setProperty("--accent", "${legible(brand)}")`);
    expect(wide - (await grey(".scale .narrow")), brand).toBeGreaterThan(50);
  }
});

describe("the PDF", () => {
  test("is tagged, in its language, and asks for its photos and nothing else", async () => {
    asked.length = 0;
    const asking = { ...reports.full!(), fonts: `body { background: url(${photoAt("other")}) !important }` };
    const { bytes, file_name } = await reportPdf(asking, "Letter");
    expect(asked.sort()).toEqual(["/1", "/2", "/3"]);
    expect(file_name).toBe("market-analysis-7318-dayton-avenue-n-2015-05-01.pdf");
    const document = await getDocumentProxy(new Uint8Array(bytes));
    expect(await document.getMarkInfo()).toMatchObject({ Marked: true });
    const { info } = await document.getMetadata();
    expect(info).toMatchObject({ Title: "Market analysis: 7318 Dayton Avenue N", Language: "en-US" });
    expect((await document.getOutline()).length).toBeGreaterThan(0);
  });

  test("is made without a photo that does not come, and without all where they are too large", async () => {
    const missing = await reportPdf({ ...spareReport(), photos: [photoAt("missing")] }, "A4");
    expect(missing.bytes.byteLength).toBeGreaterThan(10_000);
    const noise = { raw: { width: 1024, height: 683, channels: 3 as const } };
    photo = await sharp(randomBytes(1024 * 683 * 3), noise)
      .jpeg({ quality: 95 })
      .toBuffer();
    const names = Array.from({ length: 7 }, (_, at) => photoAt(`noise-${at}`));
    const { bytes } = await reportPdf({ ...spareReport(), photos: names }, "Letter");
    expect(photo.byteLength * 7).toBeGreaterThan(4_300_000);
    expect(bytes.byteLength).toBeLessThan(4_300_000);
    expect(await extractImages(new Uint8Array(bytes), 1)).toEqual([]);
  });

  test.each([
    ["fails to close", () => Promise.reject(new Error("the browser is gone"))],
    ["never closes", () => new Promise<void>(() => {})],
  ])("that was made is answered by a browser that %s", async (_, close) => {
    let closeIt = async () => {};
    const launch = async (timeout: number) => {
      const browser = await launchBrowser(timeout);
      closeIt = browser.close.bind(browser);
      return Object.assign(browser, { close });
    };
    const { bytes } = await reportPdf(spareReport(), "A4", launch);
    await closeIt();
    expect(bytes.byteLength).toBeGreaterThan(10_000);
  });

  test("without a browser is refused as unavailable", async () => {
    const before = process.env.TMPDIR;
    process.env.TMPDIR = "/nowhere/at/all";
    try {
      await expect(reportPdf(spareReport(), "A4")).rejects.toMatchObject({ code: "pdf_unavailable" });
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });
});

interface PdfPage {
  readonly width: number;
  readonly height: number;
  readonly text: string;
  /** How far to the right, in points, its text reaches. */
  readonly right: number;
}

async function pagesOf(bytes: Uint8Array): Promise<PdfPage[]> {
  const document = await getDocumentProxy(new Uint8Array(bytes));
  const { items } = await extractTextItems(document);
  return Promise.all(
    items.map(async (of, at) => {
      const { width, height } = (await document.getPage(at + 1)).getViewport({ scale: 1 });
      const seen = of.filter(({ str }) => str.trim() !== "");
      const right = Math.max(...seen.map((item) => item.x + item.width));
      return {
        width,
        height,
        right,
        text: of
          .map(({ str }) => str)
          .join(" ")
          .replace(/\s+/g, " "),
      };
    }),
  );
}

/** Pages whose text leaves the paper. */
const cutOff = (pages: readonly PdfPage[]) => pages.filter(({ right, width }) => right > width - 20);
