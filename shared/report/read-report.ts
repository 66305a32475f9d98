import { mediaOf, withUrls } from "../data/media.ts";
import type { ReadSigner } from "../data/signed-urls.ts";
import type { TableQuerier } from "../data/table.ts";
import type { Analysis, Sale } from "../domain/cma/analysis.ts";
import type { StoredCma } from "../domain/market-analysis.ts";
import type { Report } from "./contents.ts";
import { readPresented } from "./presented.ts";

/** Where a report's facts are read, and the moment at which its photos are signed. */
export interface Sources {
  readonly table: TableQuerier;
  readonly files: ReadSigner;
  readonly now: Date;
}

/** What a report is made of, its fonts aside, and the country of the home, which decides the paper. */
export type ReportData = Omit<Report, "fonts"> & { readonly country: string | null };

/**
 * Reads what a report shows: for an approved analysis the state stored at approval (if there is one), else the current
 * records. Signs the photos; those deleted since are left out.
 */
export async function readReport(
  cma: StoredCma,
  analysis: Analysis,
  sales: readonly Sale[],
  { table, files, now }: Sources,
): Promise<ReportData> {
  const { approved_at } = cma;
  const media = mediaOf(table, cma.brokerage_id, cma.property_id);
  const { approver, photos, ...said } = cma.presented ?? (await readPresented(table, cma, media));
  const byId = new Map((await media).map((one) => [one.id, one]));
  const shown = photos.flatMap((id) => byId.get(id) ?? []);
  const signed = await Promise.all(shown.map((photo) => withUrls(photo, files, now)));
  return {
    ...said,
    // The first fills the cover.
    photos: signed.flatMap(({ urls }, at) =>
      urls && "medium" in urls ? [at === 0 ? urls.large! : urls.medium!] : [],
    ),
    analysis,
    sales,
    approved: approved_at ? { at: approved_at, by: approver } : null,
  };
}
