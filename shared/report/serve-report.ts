import { readBrokerage } from "../data/brokerages.ts";
import type { WholeCma } from "../data/cmas.ts";
import { mediaOf, withUrls } from "../data/media.ts";
import { getProperty } from "../data/properties.ts";
import type { ReadSigner } from "../data/signed-urls.ts";
import type { TableQuerier } from "../data/table.ts";
import { type User, userKey } from "../data/users.ts";
import { byPlace } from "../domain/media.ts";
import { Problem } from "../domain/problem.ts";

/** The colour of brokerages that chose none: dark enough for white figures on it. */
const accent = "#0b5d57";
const mostPhotos = 3;

/** Where a report's facts are read, and the moment at which its photos are signed. */
export interface Sources {
  readonly table: TableQuerier;
  readonly files: ReadSigner;
  readonly now: Date;
}

/** What every operation that answers a report declares: no script, its own style, pictures. */
export const reportOperation = {
  answer: {
    status: 200,
    type: "text/html; charset=utf-8",
    policy: () =>
      "default-src 'none'; style-src 'unsafe-inline'; img-src http: https:; frame-ancestors 'none'",
  },
  memory: 1024,
} as const;

/** The report of a completed analysis as a page; photos are signed for minutes. Throws not_completed. */
export async function serveReport(cma: WholeCma, { table, files, now }: Sources): Promise<string> {
  const { brokerage_id, property_id, owner_user_id, analysis, inputs, approved_at = null } = cma;
  if (!analysis || !inputs) throw new Problem("not_completed");
  const [brokerage, property, agent, media] = await Promise.all([
    readBrokerage(table, brokerage_id),
    getProperty(table, brokerage_id, property_id),
    table.get<User>(userKey(brokerage_id, owner_user_id)),
    mediaOf(table, brokerage_id, property_id),
  ]);
  const photos = media
    .filter(({ type, status }) => type === "image" && status === "ready")
    .sort(byPlace)
    .slice(0, mostPhotos);
  const signed = await Promise.all(photos.map((photo) => withUrls(photo, files, now)));
  const { title = "A home", address, city, state_or_province = null, postal_code } = property ?? {};
  const place = [city, [state_or_province, postal_code].filter(Boolean).join(" ")].filter(Boolean).join(", ");
  // The charts' library is large: only a report that is drawn waits for it.
  const { reportPage } = await import("./report.ts");
  return reportPage({
    brokerage: { name: brokerage?.name ?? "", accent },
    agent: { name: `${agent?.first_name} ${agent?.last_name}`, email: agent?.email ?? "" },
    home: { title: address ?? title, lines: place ? [place] : [], state: state_or_province },
    photos: signed.flatMap(({ urls }) => (urls && "medium" in urls && urls.medium ? [urls.medium] : [])),
    analysis,
    sales: inputs.candidates,
    approved_at,
  });
}
