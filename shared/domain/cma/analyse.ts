import { distanceKm } from "../geo.ts";
import type {
  Analysis,
  AnalysisInputs,
  EarlierSale,
  Failure,
  MarketPosition,
  Neighbourhood,
  Rejected,
} from "./analysis.ts";
import { conformalRange, drift, hitProbability } from "./calibration.ts";
import { agentChanges, correctedReasons, correctedSubject, differenceTo, listChanges } from "./changes.ts";
import { chooseComps, withinEvidenceLimit } from "./comparables.ts";
import { boundedConfidence, standardError } from "./confidence.ts";
import { covarianceInput } from "./covariance.ts";
import { engineVersion } from "./engine-version.ts";
import { type Weighed, weigh } from "./estimate.ts";
import { type Evidence, gatherEvidence } from "./evidence.ts";
import { adjustedPrice, comp, type GridContext, wholeParts } from "./grid.ts";
import { enoughToFit, marketFromCandidates } from "./market.ts";
import { marketStatistics, round } from "./market-statistics.ts";
import { noPrice, nothingLeft, oldestFor, tooOld } from "./no-price.ts";
import { implausiblePrices } from "./plausible.ts";
import { rateSteps } from "./rate-steps.ts";
import { recommendations } from "./recommendations.ts";
import { dayOf, kindOf } from "./sale.ts";
import { reject, screen } from "./screen.ts";

const weightUnits = 10_000;
/** Below so many past sales the ranges are widened. */
const fullSample = 400;
const widened = 1.1;

/** Analyses the market for a subject: the one entry point of the job and of the back-test. */
export function analyse(inputs: AnalysisInputs): Analysis | Failure {
  const { effective_date: effectiveDate, currency = "USD" } = inputs;
  const subject = correctedSubject(inputs.subject, inputs.corrections);
  const agent = agentChanges(inputs);
  const { usable, rejected, suspects } = screen(subject, inputs.candidates, effectiveDate, currency);
  if (usable.length === 0) return nothingLeft(rejected);
  const given = inputs.market;
  const fits =
    given &&
    given.fit.engine_version === engineVersion &&
    given.fit.as_of <= effectiveDate &&
    given.calibration.as_of <= effectiveDate &&
    given.fit.kind === kindOf(subject) &&
    given.fit.rates.sample >= Math.min(usable.length, enoughToFit);
  const today = dayOf(effectiveDate);
  const first = fits ? given : marketFromCandidates(usable, effectiveDate);
  const seen = gatherEvidence(subject, usable, first.fit.rates);
  const doubtful = implausiblePrices(seen, suspects);
  const inLine = usable.filter((sale) => !doubtful.has(sale));
  // Fits the candidates' own rates again, without the sales whose price was found implausible.
  const again = !fits && inLine.length > 0 && inLine.length < usable.length;
  const { fit, calibration } = again ? marketFromCandidates(inLine, effectiveDate) : first;
  const { rates } = fit;
  const evidence = again ? gatherEvidence(subject, usable, rates) : seen;
  const here = covarianceInput(subject, today, rates.encoding);
  const moved = drift(calibration, today);
  // Sales that the agent excluded still count for the market's rates, so the other lines do not change.
  const open = evidence.filter(({ sale }) => !agent.excluded.has(sale.id));
  const held = ({ sale }: Evidence) => agent.held.has(sale.id);
  const believed = open.filter((item) => held(item) || !doubtful.has(item.sale));
  const out = evidence
    .filter((item) => !believed.includes(item))
    .map((item) => reject(subject, item.sale, doubtful.get(item.sale) ?? "excluded_by_agent"));
  const dates = believed.map(({ sale }) => sale.sale_date).sort();
  const latest = dates.at(-1);
  if (latest === undefined) return nothingLeft([...rejected, ...out]);
  if (latest < oldestFor(effectiveDate)) return tooOld(latest, effectiveDate, [...rejected, ...out]);
  const within = new Set(withinEvidenceLimit(believed, moved.log));
  const close = believed.filter((item) => held(item) || within.has(item));
  const estimate = weigh(here, close, fit.covariance, {
    held,
    grid: (all) => chooseComps(all, moved.log, today, held),
  });

  const context: GridContext = {
    subject,
    rates,
    effectiveDate,
    movement: { ...moved, from: rates.period.to },
    corrected: agent.corrected,
  };
  const { comps: chosen, further: rest } = estimate;
  // Grid and others are rounded apart, the others down: together they must not exceed their limit by a rounding.
  const exact = (items: readonly Weighed[]) => items.map((item) => item.weight * weightUnits);
  const outside = Math.floor(exact(rest).reduce((sum, weight) => sum + weight, 0) + 1e-6);
  const units = wholeParts(exact(chosen), weightUnits - outside);
  const unitsOfRest = wholeParts(exact(rest), outside);
  const others = rest.map((item, i) => ({ item, units: unitsOfRest[i]! })).filter(({ units }) => units > 0);
  const columnsIn = (shared: GridContext) =>
    chosen.map((item, i) => comp(item, units[i]! / weightUnits, shared));
  const comps = columnsIn(context);
  const worthless = comps.find(({ adjusted_price }) => adjusted_price < 1);
  if (worthless)
    return noPrice(
      `The corrections leave nothing of the price of ${worthless.sale.address ?? worthless.sale.id}.`,
      rejected,
    );
  const neighbourhood = others.length === 0 ? null : summarise(others, context);
  const columns = neighbourhood ? [...comps, neighbourhood] : comps;
  const suggested = Math.round(
    columns.reduce(
      (sum, column) => sum + Math.round(column.weight * weightUnits) * column.adjusted_price,
      0,
    ) / weightUnits,
  );

  const scale = rates.sample < fullSample ? widened : 1;
  const error = scale * standardError(estimate, subject, rates, today);
  const { errors } = calibration;
  const [range, middle_range] = [0.8, 0.5].map((share) => {
    const { low, high } = conformalRange(errors, error, share);
    return { low: Math.max(1, Math.round(suggested * low)), high: Math.round(suggested * high) };
  });
  const { confidence, reasons } = boundedConfidence(
    hitProbability(errors, error),
    comps,
    subject,
    fit,
    effectiveDate,
  );

  const reason = (item: Evidence) =>
    agent.excluded.has(item.sale.id)
      ? "excluded_by_agent"
      : (doubtful.get(item.sale) ?? (close.includes(item) ? "too_far" : "too_different"));
  const counted = new Set([...chosen, ...others.map(({ item }) => item)].map(({ sale }) => sale));
  const numbers = {
    engine_version: engineVersion,
    effective_date: effectiveDate,
    currency,
    subject,
    suggested_price: suggested,
    range: range!,
    middle_range: middle_range!,
    standard_error: round(error, 4),
    confidence: round(confidence, 3),
    confidence_reasons: [...reasons, ...correctedReasons(comps)],
    asking_price: inputs.asking_price ?? null,
    market_position: position(inputs.asking_price, middle_range!),
    comps,
    neighbourhood,
    market_movement: {
      percent: round(100 * Math.expm1(moved.log), 2),
      sample: moved.sample,
      period: { from: rates.period.to, to: effectiveDate },
    },
    rates: rateSteps(subject, suggested, rates),
    earlier_sales: earlierSales(rejected),
    rejected: [
      ...rejected,
      ...evidence
        .filter(({ sale }) => !counted.has(sale))
        .map((item) => reject(subject, item.sale, reason(item))),
    ],
    statistics: marketStatistics(inLine, effectiveDate, inputs.active_listings),
    market: {
      source: fits ? ("market" as const) : ("candidates" as const),
      version: `${fit.engine_version}/${fit.as_of}`,
      sample: rates.sample,
      period: rates.period,
    },
    changes: listChanges(
      inputs,
      inputs.subject,
      inputs.candidates,
      columnsIn({ ...context, corrected: () => undefined }),
    ),
    difference: inputs.previous ? differenceTo(inputs.previous, suggested, comps) : null,
  };
  return { ...numbers, recommendations: recommendations(numbers) };
}

function summarise(
  others: readonly { readonly item: Weighed; readonly units: number }[],
  context: GridContext,
): Neighbourhood {
  const sales = others.map(({ item, units }) => {
    const { sale } = item;
    const [price, adjusted_price] = [Math.round(sale.price), adjustedPrice(item, context)];
    return {
      id: sale.id,
      address: sale.address ?? null,
      sale_date: sale.sale_date,
      price,
      distance_km: round(distanceKm(context.subject, sale), 2),
      net_adjustment: adjusted_price - price,
      adjusted_price,
      weight: units / weightUnits,
    };
  });
  const total = others.reduce((sum, { units }) => sum + units, 0);
  const worth = others.reduce((sum, { units }, i) => sum + units * sales[i]!.adjusted_price, 0);
  return {
    sales: sales.sort((a, b) => b.weight - a.weight),
    weight: total / weightUnits,
    adjusted_price: Math.round(worth / total),
  };
}

function position(
  asking: number | null | undefined,
  middle: { low: number; high: number },
): MarketPosition | null {
  if (asking == null) return null;
  return asking > middle.high ? "above" : asking < middle.low ? "below" : "at";
}

/** What the home itself was sold for before, latest first. */
function earlierSales(rejected: readonly Rejected[]): EarlierSale[] {
  return rejected
    .filter(({ code }) => code === "subject_itself")
    .map(({ id, sale_date, price }) => ({ id, sale_date, price }))
    .reverse();
}
