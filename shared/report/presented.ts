import { type MediaSummary, mediaOf } from "../data/media.ts";
import { loadRecord } from "../data/records.ts";
import type { TableQuerier } from "../data/table.ts";
import { brokerageRecord, type StoredBrokerage } from "../domain/brokerage.ts";
import type { Presented, StoredCma } from "../domain/market-analysis.ts";
import { byPlace } from "../domain/media.ts";
import { propertyRecord, type StoredProperty } from "../domain/property-record.ts";
import { type StoredUser, userRecord } from "../domain/user.ts";
import { defaultAccent } from "../page/color.ts";

/** The cover's and two rows of three: as a PDF they stay far below what a function may answer. */
const mostPhotos = 7;

interface Records {
  readonly brokerage: Pick<StoredBrokerage, "name" | "accent_color"> | undefined;
  readonly property: Partial<StoredProperty> | undefined;
  readonly agent: Pick<StoredUser, "first_name" | "last_name" | "email"> | undefined;
  readonly approver: Pick<StoredUser, "first_name" | "last_name"> | undefined;
  readonly media: readonly MediaSummary[];
}

/** What a report shows of the current records. */
export function presented({ brokerage, property = {}, agent, approver, media }: Records): Presented {
  const { title = "A home", address, city, state_or_province = null, postal_code, country = null } = property;
  const place = [city, [state_or_province, postal_code].filter(Boolean).join(" ")].filter(Boolean).join(", ");
  return {
    brokerage: { name: brokerage?.name ?? "", accent: brokerage?.accent_color ?? defaultAccent },
    agent: { name: nameOf(agent) ?? "", email: agent?.email ?? "" },
    approver: nameOf(approver),
    home: { title: address ?? title, lines: place ? [place] : [], state: state_or_province },
    country,
    photos: media
      .filter(({ type, status }) => type === "image" && status === "ready")
      .sort(byPlace)
      .slice(0, mostPhotos)
      .map(({ id }) => id),
  };
}

const nameOf = (user: Pick<StoredUser, "first_name" | "last_name"> | undefined) =>
  user ? `${user.first_name} ${user.last_name}` : null;

type Of = Pick<StoredCma, "brokerage_id" | "property_id" | "owner_user_id" | "approved_by">;

/** Reads what a report says of an analysis's brokerage, agent, approver and home as they are now. */
export async function readPresented(
  table: TableQuerier,
  { brokerage_id, property_id, owner_user_id, approved_by }: Of,
  mediaRead: Promise<readonly MediaSummary[]> = mediaOf(table, brokerage_id, property_id),
): Promise<Presented> {
  const user = (id: string) => loadRecord(table, userRecord, brokerage_id, id);
  const [brokerage, property, agent, media, other] = await Promise.all([
    loadRecord(table, brokerageRecord, brokerage_id, brokerage_id),
    loadRecord(table, propertyRecord, brokerage_id, property_id),
    user(owner_user_id),
    mediaRead,
    approved_by && approved_by !== owner_user_id ? user(approved_by) : undefined,
  ]);
  const approver = approved_by === owner_user_id ? agent : other;
  return presented({ brokerage, property, agent, approver, media });
}
