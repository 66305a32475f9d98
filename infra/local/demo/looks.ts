import type { Call } from "./client.ts";

/** Days before today of which the website tells: what is older than seven is refused. */
const days = 6;
const dayMs = 86_400_000;

/**
 * What the website tells of the last days: looks at the listings, some that they are sent on, some noted as favorites.
 * Always the same for a day, and each under its own id: the next start adds the days since.
 */
export async function addLooks(
  call: Call,
  token: string | undefined,
  listings: readonly string[],
): Promise<void> {
  const today = Math.floor(Date.now() / dayMs);
  for (let day = today - days; day < today; day++) {
    const events = listings.flatMap((listing, place) => looksAt(listing, place, day));
    for (let from = 0; from < events.length; from += 100) {
      const body = { events: events.slice(from, from + 100) };
      const { rejected, detail } = await call("POST", "/v1/analytics-events", { token, body });
      if (rejected?.length !== 0)
        throw new Error(`The website's events were refused: ${detail ?? rejected[0].message}`);
    }
  }
}

/** A day of a listing: the first ones are looked at most. Of nine looks one is a favorite, and one is sent on. */
function looksAt(entity_id: string, place: number, day: number): object[] {
  const many = Math.max(2, 12 - 2 * place + ((day * 7 + place * 3) % 5));
  return Array.from({ length: many }, (_, look) => {
    const about = {
      event_id: `demo-${day}-${entity_id}-${look}`,
      ...{ entity_type: "property", entity_id },
      // From 17:00 UTC: the morning in Seattle.
      occurred_at: new Date(day * dayMs + 17 * 3_600_000 + look * 600_000).toISOString(),
    };
    if (look % 9 === 7) return { ...about, metric_type: "favorited" };
    if (look % 9 === 8) return { ...about, metric_type: "share" };
    return { ...about, metric_type: "detailed_view", value: `visitor-${(day * 5 + place + look) % 30}` };
  });
}

/** Lines that show the numbers, after those that sign in and those that name Nora. */
export function numbersToTry(dashboard: string): readonly string[] {
  return [
    "What the broker reads on Monday, in a browser (for 12 hours or until Ada signs out; the line below it makes another):",
    `  ${dashboard}`,
    "  ask $ADA dashboard/links -X POST",
    "Numbers by day and what they count; of one listing beside similar ones, as Ana; by agent; the market by month:",
    '  ask $ADA analytics/office; ask $ANA "analytics/listing-performance?property_id=$listing"',
    '  ask $ADA "analytics/agent-performance?granularity=week&by=user"; ask $ANA analytics/market',
    "A look that a website tells of counts within two minutes; why Nora's score is what it is, and what would make her hot:",
    `  ask $ADA analytics-events -d '{"events":[{"entity_type":"property","entity_id":"'$listing'","metric_type":"detailed_view","value":"me"}]}'`,
    "  ask $ANA clients/$nora/score; ask $ANA clients/$nora/score/history",
  ];
}
