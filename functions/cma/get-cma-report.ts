import { readBrokerage } from "../../shared/data/brokerages.ts";
import { getWholeCma } from "../../shared/data/cmas.ts";
import { mediaOf, withUrls } from "../../shared/data/media.ts";
import { getProperty } from "../../shared/data/properties.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { queryTable } from "../../shared/data/table.ts";
import { type User, userKey } from "../../shared/data/users.ts";
import { byPlace } from "../../shared/domain/media.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { operation } from "../../shared/entry/definition.ts";

/** The colour of brokerages that chose none: dark enough for white figures on it. */
const accent = "#0b5d57";
const mostPhotos = 3;

export const getCmaReport = operation({
  id: "getCmaReport",
  method: "GET",
  path: "/v1/cmas/{cma_id}/report",
  permission: "cma:read",
  summary: "Read a market analysis as a report",
  description:
    "A page for screen and print (A4 and Letter) that runs no script. Photos are signed for minutes.",
  answer: {
    status: 200,
    type: "text/html; charset=utf-8",
    policy: () =>
      "default-src 'none'; style-src 'unsafe-inline'; img-src http: https:; frame-ancestors 'none'",
  },
  problems: ["not_completed"],
  memory: 1024,
  access: { table: queryTable, files: signReads("media") },
  record: (table, brokerageId, { cma_id }) => getWholeCma(table, brokerageId, cma_id),
  async run({ record: cma, table, files, now }) {
    if (!cma.analysis || !cma.inputs) throw new Problem("not_completed");
    const { brokerage_id, property_id, owner_user_id, analysis, inputs } = cma;
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
    const place = [city, [state_or_province, postal_code].filter(Boolean).join(" ")]
      .filter(Boolean)
      .join(", ");
    // The charts' library is large: only a report that is drawn waits for it.
    const { reportPage } = await import("../../shared/report/report.ts");
    return reportPage({
      brokerage: { name: brokerage?.name ?? "", accent },
      agent: { name: `${agent?.first_name} ${agent?.last_name}`, email: agent?.email ?? "" },
      home: { title: address ?? title, lines: place ? [place] : [], state: state_or_province },
      photos: signed.flatMap(({ urls }) => (urls && "medium" in urls && urls.medium ? [urls.medium] : [])),
      analysis,
      sales: inputs.candidates,
      approved_at: null,
    });
  },
});
