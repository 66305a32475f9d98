import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { addAccess, toTry } from "./demo/access.ts";
import { assistantToTry } from "./demo/assistant-to-try.ts";
import { type Call, clientOf, people } from "./demo/client.ts";
import { clientsToTry } from "./demo/clients-to-try.ts";
import { dateForward } from "./demo/date-forward.ts";
import { addEnquiries } from "./demo/enquiries.ts";
import { housePhoto, listings } from "./demo/listings.ts";
import { addLooks, numbersToTry } from "./demo/looks.ts";
import { addWork } from "./demo/work.ts";

const sales = new URL("./demo/king-county-sales-2014-2015.csv.gz", import.meta.url);
/** The demo's brokerage. */
export const office = {
  name: "Emerald City Realty (demo: sales of 2014–15, dated forward)",
  slug: "emerald-city-realty",
};
/** The demo users' password unless `--demo-password` says another. */
export const usualPassword = "emerald-city-demo";

/**
 * Fills the API with a brokerage's demo data, over HTTP as any client would: users, a team, a role, listings with
 * photos, fifty enquiries and what came of them, a week of looks at the listings, the King County sales, one market
 * analysis with a link to it. What
 * stands already is left alone, so a second start goes on. Shows how to ask the assistant, where there is one.
 */
export async function demo(url: string, password = usualPassword, hasAssistant = false): Promise<void> {
  const { call, signIn } = clientOf(url, password);
  if (!(await signIn("admin"))) {
    const admin = { ...people.admin, password };
    const signedUp = await call("POST", "/v1/brokerages", { body: { ...office, admin } });
    if (signedUp.code)
      throw new Error(
        `The demo users have another password: pass it with --demo-password, or start with --fresh (${signedUp.detail})`,
      );
  }
  const admin = await signIn("admin");
  for (const person of ["agent", "colleague", "employee"] as const) {
    const role = person === "colleague" ? "agent" : person;
    await call("POST", "/v1/users", { token: admin, body: { ...people[person], password, role } });
  }
  await call("POST", "/v1/auth/register", {
    body: { ...people.client, password, brokerage_slug: office.slug },
  });

  const { public_listings, version } = await call("GET", "/v1/brokerage", { token: admin });
  if (!public_listings) {
    const body = { public_listings: true, phone: "+12065550100", license_number: "9120" };
    await call("PATCH", "/v1/brokerage", { token: admin, version, body });
  }

  const agent = await signIn("agent");
  const listed = await addListings(call, agent);
  const colleague = await signIn("colleague");
  const users = await addAccess(call, { admin, agent, colleague }, listed);
  const there = { listings: listed, ...users };
  await addEnquiries(call, admin, there);
  const employee = await signIn("employee");
  const clients = await addWork(call, { agent, colleague, employee }, there);
  await addLooks(call, admin, listed);
  const width = Math.max(...Object.values(people).map(({ email }) => email.length));
  console.log(`Demo sign-ins, password ${password}`);
  for (const [person, { email }] of Object.entries(people))
    console.log(`  ${email.padEnd(width)}  ${person}`);
  console.log(`What anyone may read of its listings:\n  ${url}/v1/public/${office.slug}/properties`);
  await importSales(call, employee);
  await analyse(call, agent, listed[0]!);
  const { url: dashboard } = await call("POST", "/v1/dashboard/links", { token: await signIn("admin") });
  const lines = [
    ...toTry(url, password, { listing: listed[0]!, ...users }),
    ...clientsToTry(clients),
    ...numbersToTry(dashboard),
    ...(hasAssistant ? assistantToTry() : []),
  ];
  console.log(lines.join("\n"));
}

/** Sends the bytes as the API's `upload` says. */
async function send(
  upload: { url: string; method: string; headers: Record<string, string> },
  bytes: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const { status } = await fetch(upload.url, { method: upload.method, headers: upload.headers, body: bytes });
  if (status !== 200) throw new Error(`An upload was answered ${status}`);
}

/** Adds the listings that are not there, by title, each with a photo; answers their ids. */
async function addListings(call: Call, token: string | undefined): Promise<readonly string[]> {
  const { items } = await call("GET", "/v1/properties?status=active&limit=100", { token });
  const ids: string[] = [];
  for (const listing of listings) {
    const found = items.find(({ title }: { title: string }) => title === listing.title);
    const { id } = found ?? (await call("POST", "/v1/properties", { token, body: listing }));
    ids.push(id);
    const media = await call("GET", `/v1/properties/${id}/media`, { token });
    if (media.items.length > 0) continue;
    const photo = await housePhoto(listing);
    const body = {
      type: "image",
      content_type: "image/jpeg",
      size_bytes: photo.length,
      file_name: "front.jpg",
    };
    const { upload } = await call("POST", `/v1/properties/${id}/media`, { token, body });
    await send(upload, photo);
  }
  return ids;
}

/**
 * Imports the sales unless that was done or begun, dated forward by whole weeks so that the last ones are of this week:
 * an analysis as of today finds a market. Waits for its end and shows how far it is.
 */
async function importSales(call: Call, token: string | undefined): Promise<void> {
  const { csv, weeks } = dateForward(gunzipSync(readFileSync(sales)), new Date());
  const { items } = await call("GET", "/v1/imports?limit=100", { token });
  let job = items.find(({ size_bytes }: { size_bytes: number }) => size_bytes === csv.length);
  if (job && !["awaiting_upload", "processing"].includes(job.status)) return;
  if (job?.status !== "processing") {
    const defaults = { city: "Seattle", state_or_province: "WA", country: "US" };
    const body = { resource: "property", format: "csv", size_bytes: csv.length, defaults };
    const said = `${weeks} weeks forward, at their original prices`;
    console.log(`Importing King County's sales of May 2014 to May 2015, dated ${said}`);
    const started = await call("POST", "/v1/imports", { token, body });
    await send(started.upload, csv);
    job = started.import;
  }
  const begun = Date.now();
  // In a log a line every 20 %, on a terminal one line that moves.
  const every = process.stdout.isTTY ? 1 : 20;
  for (let shown = -1; !["completed", "failed"].includes(job.status); await sleep(500)) {
    job = await call("GET", `/v1/imports/${job.id}`, { token });
    if (Math.floor(job.progress / every) === shown) continue;
    shown = Math.floor(job.progress / every);
    const line = `Importing King County's sales: ${job.rows_total} rows, ${job.progress} %`;
    if (process.stdout.isTTY) process.stdout.write(`\r${line}`);
    else console.log(line);
  }
  const seconds = ((Date.now() - begun) / 1000).toFixed(0);
  const said = `${job.rows_created} created, ${job.rows_failed} failed, ${seconds} s`;
  console.log(`${process.stdout.isTTY ? "\n" : ""}Import ${job.status}: ${said}`);
}

/** Has the first listing analysed as of today and shares that, once; says where it can be read. */
async function analyse(call: Call, token: string | undefined, property: string): Promise<void> {
  const path = `/v1/properties/${property}/cmas`;
  const { items } = await call("GET", path, { token });
  const body = { asking_price: listings[0]!.price };
  let cma = items[0] ?? (await call("POST", path, { token, body }));
  if (cma.status === "queued") console.log("Analysing a listing, behind what follows from the import");
  while (cma.status === "queued" || cma.status === "processing") {
    await sleep(500);
    cma = await call("GET", `/v1/cmas/${cma.id}`, { token });
  }
  if (cma.suggested_price === null) return console.log(`The market analysis has no price: ${cma.reason}`);
  if (!cma.approved_at) await call("POST", `/v1/cmas/${cma.id}/approve`, { token });
  const links = `/v1/cmas/${cma.id}/links`;
  const now = new Date().toISOString();
  const { items: all } = await call("GET", links, { token });
  const shared = all.find(({ expires_at }: { expires_at: string }) => expires_at > now);
  const { url } = shared ?? (await call("POST", links, { token, body: { expires_in_days: 90 } }));
  const price = `$${cma.suggested_price.toLocaleString("en-US")}`;
  console.log(`Market analysis of "${listings[0]!.title}" suggests ${price}. The seller's report:\n  ${url}`);
}
