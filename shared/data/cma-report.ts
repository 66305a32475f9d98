import { byPlace } from "../domain/media.ts";
import { type Brokerage, readBrokerage } from "./brokerages.ts";
import type { WholeCma } from "./cmas.ts";
import { type MediaSummary, mediaOf, withUrls } from "./media.ts";
import { getProperty } from "./properties.ts";
import type { ReadSigner } from "./signed-urls.ts";
import type { TableQuerier } from "./table.ts";
import { type User, userKey } from "./users.ts";

/** The colour of brokerages that chose none: dark enough for white figures on it. */
const accent = "#0b5d57";
const mostPhotos = 3;

/** A completed analysis. */
export type CompletedCma = WholeCma & {
  readonly [Part in "analysis" | "inputs"]: NonNullable<WholeCma[Part]>;
};

/** What a report says beside its analysis; what is gone is undefined. */
export interface ReportSources {
  readonly brokerage: Brokerage | undefined;
  readonly property: Awaited<ReturnType<typeof getProperty>>;
  readonly agent: User | undefined;
  readonly media: readonly MediaSummary[];
}

/** Reads what a report says beside its analysis. */
export async function reportSources(
  table: TableQuerier,
  { brokerage_id, property_id, owner_user_id }: WholeCma,
): Promise<ReportSources> {
  const [brokerage, property, agent, media] = await Promise.all([
    readBrokerage(table, brokerage_id),
    getProperty(table, brokerage_id, property_id),
    table.get<User>(userKey(brokerage_id, owner_user_id)),
    mediaOf(table, brokerage_id, property_id),
  ]);
  return { brokerage, property, agent, media };
}

/** The report of an analysis as a page; photos are signed for minutes. */
export async function drawReport(
  cma: CompletedCma,
  { brokerage, property, agent, media }: ReportSources,
  files: ReadSigner,
  now: Date,
): Promise<string> {
  const photos = media
    .filter(({ type, status }) => type === "image" && status === "ready")
    .sort(byPlace)
    .slice(0, mostPhotos);
  const signed = await Promise.all(photos.map((photo) => withUrls(photo, files, now)));
  const { title = "A home", address, city, state_or_province = null, postal_code } = property ?? {};
  const place = [city, [state_or_province, postal_code].filter(Boolean).join(" ")].filter(Boolean).join(", ");
  // The charts' library is large: only a report that is drawn waits for it.
  const { reportPage } = await import("../report/report.ts");
  return reportPage({
    brokerage: { name: brokerage?.name ?? "", accent },
    agent: { name: `${agent?.first_name} ${agent?.last_name}`, email: agent?.email ?? "" },
    home: { title: address ?? title, lines: place ? [place] : [], state: state_or_province },
    photos: signed.flatMap(({ urls }) => (urls && "medium" in urls && urls.medium ? [urls.medium] : [])),
    analysis: cma.analysis,
    sales: cma.inputs.candidates,
    approved_at: cma.approved_at ?? null,
  });
}

/** Whether an analysis is completed, so that there is a report of it. */
export const isCompleted = (cma: WholeCma): cma is CompletedCma =>
  cma.analysis !== null && cma.inputs !== null;

/** The Content-Security-Policy of the page: pictures and its own style, no script. */
export const reportPolicy = () =>
  "default-src 'none'; style-src 'unsafe-inline'; img-src http: https:; frame-ancestors 'none'";
