import type { Analysis } from "../domain/cma/analysis.ts";
import type { Format } from "../page/format.ts";
import { html, type Markup } from "../page/html.ts";
import { priceScale } from "./price-scale.ts";

/** The price, its range and how sure it is. `disclaimer` stands right after the price where a state asks for that. */
export function estimate(analysis: Analysis, format: Format, disclaimer: Markup | false): Markup {
  const { suggested_price, range, middle_range, confidence_reasons, recommendations, subject } = analysis;
  const perSqft = subject.size_sqft ? suggested_price / subject.size_sqft : undefined;
  const span = ({ low, high }: { low: number; high: number }) =>
    html`${format.money(low)} <span class="to">to</span> ${format.money(high)}`;
  return html`<section class="estimate" aria-labelledby="suggested">
<div class="lead">
<div><h2 id="suggested" class="label">Suggested price</h2>
<p class="price">${format.money(suggested_price)}</p>
${perSqft && html`<p class="note">${format.money(perSqft)} per square foot of living area</p>`}</div>
<dl class="key">
<div><dt>Half of homes like this sell between</dt><dd>${span(middle_range)}</dd></div>
<div><dt>Four in five sell between</dt><dd>${span(range)}</dd></div>
${askingPrice(analysis, format)}
</dl>
</div>
${disclaimer}
${priceScale(analysis, format)}
<h3>How sure this is</h3>
<p>${confidenceSentence(analysis)} <span class="quiet">Half of such homes sell within the thick bar, four in five within the thin one.</span></p>
${confidence_reasons.length > 0 && html`<ul class="reasons">${confidence_reasons.map(({ text }) => html`<li>${format.prose(text)}</li>`)}</ul>`}
<h3>What the numbers advise</h3>
<ol class="advice">${recommendations.map((sentence) => html`<li>${format.prose(sentence)}</li>`)}</ol>
</section>`;
}

function askingPrice({ asking_price, suggested_price }: Analysis, format: Format): Markup | false {
  if (asking_price === null) return false;
  const off = (asking_price / suggested_price - 1) * 100;
  const said =
    Math.abs(off) < 0.05
      ? "the suggested price"
      : `${format.percent(Math.abs(off), 1)} ${off > 0 ? "above" : "below"} the suggestion`;
  return html`<div><dt>Asking price</dt><dd>${format.money(asking_price)} <span class="to">${said}</span></dd></div>`;
}

function confidenceSentence({ confidence, confidence_reasons }: Analysis): string {
  const inTen = Math.round(confidence * 10);
  const share = inTen >= 10 ? "nearly all" : inTen <= 0 ? "fewer than 1 in 10" : `about ${inTen} in 10`;
  // Nothing was measured of prices that a person put in.
  if (confidence_reasons.some(({ code }) => code === "corrected_by_agent"))
    return `Confidence ${confidence.toFixed(2)} before the agent's corrections, which no past sale has tested.`;
  return `Confidence ${confidence.toFixed(2)}: of past analyses as sure as this one, ${share} came within 10% of the price the home then sold for.`;
}
