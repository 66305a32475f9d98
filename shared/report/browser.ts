import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";

/** Flags of the package that are left out, because they would disable same-origin and mixed-content checks. */
const needless = ["--disable-web-security", "--allow-running-insecure-content"];

/**
 * Starts a headless browser: the Chromium that a package carries for Linux on x86-64, as on Lambda; elsewhere, or
 * where it does not start, an installed Chrome. Throws when there is neither, or it is not up in so many milliseconds.
 */
export async function launchBrowser(timeout: number): Promise<Browser> {
  const installed = () => chromium.launch({ channel: "chrome", timeout });
  if (process.platform !== "linux" || process.arch !== "x64") return installed();
  try {
    const { default: carried } = await import("@sparticuz/chromium");
    const args = carried.args.filter((flag) => !needless.includes(flag));
    const executablePath = await unpackedOnce(() => carried.executablePath());
    return await chromium.launch({ args, executablePath, timeout });
  } catch (error) {
    return installed().catch(() => {
      throw error;
    });
  }
}

let unpacked: Promise<string> | undefined;

/** One process unpacks once: the folder that it unpacks into is a variable of the whole process. */
function unpackedOnce(unpackIntoTmp: () => Promise<string>): Promise<string> {
  unpacked ??= unpack(unpackIntoTmp).catch((error) => {
    unpacked = undefined;
    throw error;
  });
  return unpacked;
}

/**
 * Unpacks the browser, once a machine, and returns its path. The package takes any existing file for a complete one,
 * so this unpacks into another folder and moves the browser last. Two processes may do this at once.
 */
async function unpack(unpackIntoTmp: () => Promise<string>): Promise<string> {
  const place = tmpdir();
  const browser = join(place, "chromium");
  if (existsSync(browser)) {
    if (statSync(browser).uid !== process.getuid?.()) throw new Error(`${browser} belongs to somebody else`);
    return browser;
  }
  const aside = mkdtempSync(join(place, "unpacking-"));
  const before = process.env.TMPDIR;
  process.env.TMPDIR = aside;
  try {
    await unpackIntoTmp();
    const inOrder = readdirSync(aside).sort((a, b) => Number(a === "chromium") - Number(b === "chromium"));
    for (const name of inOrder) move(join(aside, name), join(place, name));
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(aside, { recursive: true, force: true });
  }
  return browser;
}

/** If another process has put the folder there meanwhile, that one is used. */
function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!existsSync(to)) throw error;
  }
}
