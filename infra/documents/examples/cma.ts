import type { Analysis } from "../../../shared/domain/cma/analysis.ts";
import { type StoredCma, withAnalysis } from "../../../shared/domain/market-analysis.ts";
import { analysis } from "./analysis.ts";
import { ids, written } from "./ids.ts";

const CmaSummary = {
  ...written(ids.cma, 4, "2026-03-02T12:00:14.594Z", "2026-03-02T14:20:55.018Z"),
  property_id: ids.property,
  owner_user_id: ids.agent,
  team_id: ids.team,
  status: "completed",
  effective_date: analysis.effective_date,
  asking_price: analysis.asking_price,
  currency: analysis.currency,
  suggested_price: analysis.suggested_price,
  price_range: analysis.range,
  market_position: analysis.market_position,
  confidence: analysis.confidence,
  reason: null,
  completed_at: "2026-03-02T12:00:17.230Z",
  revision_of: null,
  approved_at: "2026-03-02T14:20:55.018Z",
  approved_by: ids.agent,
};

/** The last part of the link's URL, and its path parameter. */
export const exampleToken =
  "AZux128ffCqOFT-aHFt9IAGcrPB7AnRgse-D1aksbgcBnK0CXhl8jY8waQ600XJcq0l7n3mKxY2cB1vTzWq8Ag";

/** Bodies and answers about market analyses. */
export const cma = {
  CmaSummary,
  Cma: withAnalysis(CmaSummary as unknown as StoredCma, analysis as unknown as Analysis),
  NewCma: { asking_price: 725_000 },
  NewRevision: {
    corrections: [{ path: "/subject/size_sqft", value: 1920, reason: "Measured on site" }],
  },
  ShareLink: {
    id: ids.link,
    cma_id: ids.cma,
    url: `https://api.example.com/v1/reports/${exampleToken}`,
    expires_at: "2026-03-16T14:22:40.281Z",
    created_at: "2026-03-02T14:22:40.281Z",
    created_by: ids.agent,
    views: 3,
    last_viewed_at: "2026-03-04T19:45:02.660Z",
  },
  NewShareLink: { expires_in_days: 14 },
};
