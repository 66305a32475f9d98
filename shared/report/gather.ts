import { mediaOf, withUrls } from "../data/media.ts";
import { loadRecord } from "../data/records.ts";
import type { ReadSigner } from "../data/signed-urls.ts";
import type { TableQuerier } from "../data/table.ts";
import { brokerageRecord } from "../domain/brokerage.ts";
import type { Analysis, Sale } from "../domain/cma/analysis.ts";
import type { StoredCma } from "../domain/market-analysis.ts";
import { byPlace } from "../domain/media.ts";
import { propertyRecord } from "../domain/property-record.ts";
import { type StoredUser, userRecord } from "../domain/user.ts";
import type { Report } from "./contents.ts";

/** The colour of brokerages that chose none. */
const defaultAccent = "#0b5d57";
/** The cover's and two rows of three: as a PDF they stay far below what a function may answer. */
const mostPhotos = 7;

/** Where a report's facts are read, and the moment at which its photos are signed. */
export interface Sources {
  readonly table: TableQuerier;
  readonly files: ReadSigner;
  readonly now: Date;
}

/** What a report is made of, its fonts aside, and the country of the home, which decides the paper. */
export type Gathered = Omit<Report, "fonts"> & { readonly country: string | null };

/** Reads what a report says of an analysis's brokerage, agent and home, and signs its photos. */
export async function gather(
  cma: StoredCma,
  analysis: Analysis,
  sales: readonly Sale[],
  { table, files, now }: Sources,
): Promise<Gathered> {
  const { brokerage_id, property_id, owner_user_id, approved_at, approved_by } = cma;
  const user = (id: string) => loadRecord(table, userRecord, brokerage_id, id);
  const [brokerage, property, agent, media, other] = await Promise.all([
    loadRecord(table, brokerageRecord, brokerage_id, brokerage_id),
    loadRecord(table, propertyRecord, brokerage_id, property_id),
    user(owner_user_id),
    mediaOf(table, brokerage_id, property_id),
    approved_by && approved_by !== owner_user_id ? user(approved_by) : undefined,
  ]);
  const approver = approved_by === owner_user_id ? agent : other;
  const photos = media
    .filter(({ type, status }) => type === "image" && status === "ready")
    .sort(byPlace)
    .slice(0, mostPhotos);
  const signed = await Promise.all(photos.map((photo) => withUrls(photo, files, now)));
  const {
    title = "A home",
    address,
    city,
    state_or_province = null,
    postal_code,
    country = null,
  } = property ?? {};
  const place = [city, [state_or_province, postal_code].filter(Boolean).join(" ")].filter(Boolean).join(", ");
  return {
    brokerage: { name: brokerage?.name ?? "", accent: brokerage?.accent_color ?? defaultAccent },
    agent: { name: nameOf(agent) ?? "", email: agent?.email ?? "" },
    home: { title: address ?? title, lines: place ? [place] : [], state: state_or_province },
    // The first fills the cover.
    photos: signed.flatMap(({ urls }, at) =>
      urls && "medium" in urls ? [at === 0 ? urls.large! : urls.medium!] : [],
    ),
    analysis,
    sales,
    approved: approved_at ? { at: approved_at, by: nameOf(approver) } : null,
    country,
  };
}

const nameOf = (user: StoredUser | undefined) => (user ? `${user.first_name} ${user.last_name}` : null);
