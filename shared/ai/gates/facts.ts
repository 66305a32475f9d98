import { addressesIn, addressWords, saysAddress } from "./addresses.ts";
import { type Claim, claimsIn } from "./claims.ts";
import { conditionsIn, saysCondition, typesIn } from "./condition.ts";
import { type Evidence, evidenceOf, type FactRecord } from "./evidence.ts";
import { featuresIn } from "./features.ts";
import type { Fact, Span } from "./finding.ts";
import { type Judgement, judged } from "./judgement.ts";
import { namesIn } from "./places.ts";
import { overlap } from "./reading.ts";
import { type Renovation, renovationsIn } from "./renovations.ts";

export type { FactRecord } from "./evidence.ts";

/**
 * Every number, feature, renovation and place that a listing text claims, in its order, each compared with the record.
 * A claim is right when a field says it, or the record's title or description, the agent's notes or a caption of its
 * media. Private remarks are no ground for what anyone may read.
 */
export function checkFacts(text: string, record: FactRecord): Fact[] {
  const evidence = evidenceOf(record);
  const addresses = addressesIn(text);
  const renovations = renovationsIn(text);
  const taken = (span: Span) => addresses.some((one) => overlap(one.span, span));
  const facts: Fact[] = [
    ...addresses.map(({ line, span }) => addressFact(line, span, record, evidence)),
    ...claimsIn(text)
      .filter(({ span }) => !taken(span))
      .filter((claim) => !isPartOf(renovations, claim))
      .map((claim) => factOf(claim, judged(claim, record, evidence))),
    ...renovations.map((one) => renovationFact(one, evidence)),
    ...featuresIn(text)
      .filter(({ denied, name }) => !denied || name === "association")
      .map(({ name, span }) => ({
        ...{ span, field: null, value: name },
        ...found(evidence.features.has(name)),
      })),
    ...typesIn(text).map(({ type, span }) => ({
      ...{ span, field: "property_type", value: type, record_value: record.property_type ?? null },
      ok:
        record.property_type === type ||
        (record.property_type === undefined && evidence.types.has(type)) ||
        evidence.types.has(type),
    })),
    ...conditionsIn(text).map(({ words, span }) => ({
      ...{ span, field: "condition", value: words, record_value: record.condition ?? null },
      ok: saysCondition(words, record.condition) || evidence.conditions.has(words),
    })),
    ...namesIn(text)
      .filter(({ span }) => !taken(span))
      .map((name) => placeFact(name, record, evidence)),
  ];
  return facts.sort((one, other) => one.span[0] - other.span[0] || one.span[1] - other.span[1]);
}

const factOf = ({ span, value, to }: Claim, { field, record_value, ok }: Judgement): Fact => ({
  ...{ span, field, record_value, ok },
  value: to === undefined ? value : `${value}-${to}`,
});

const found = (isFound: boolean) => ({ record_value: isFound, ok: isFound });

/** A year or a number within a renovation's claim is judged with it. */
const isPartOf = (renovations: readonly Renovation[], { kind, span, value }: Claim): boolean =>
  kind === "year_built" && renovations.some((one) => one.year === value && overlap(one.span, span));

function addressFact(line: string, span: Span, record: FactRecord, evidence: Evidence): Fact {
  const ok = record.address ? saysAddress(line, record.address) : false;
  const elsewhere = !ok && evidence.says(line);
  return { span, field: "address", value: line, record_value: record.address ?? null, ok: ok || elsewhere };
}

function renovationFact({ kind, objects, year, span }: Renovation, { renovations }: Evidence): Fact {
  const ok = objects.every((object) =>
    renovations.some(
      (known) =>
        known.objects.includes(object) &&
        (known.kind === kind || known.kind === "new") &&
        (year === null || known.year === year),
    ),
  );
  const value = `${kind} ${objects.join(", ")}${year === null ? "" : ` ${year}`}`;
  return { span, field: null, value, ...found(ok) };
}

function placeFact(
  { name, span, state }: { name: string; span: Span; state: string | null },
  record: FactRecord,
  evidence: Evidence,
): Fact {
  const inState = state === null || !record.state_or_province || evidence.isState(state);
  const words = addressWords(name);
  const isCity = record.city != null && words.join(" ") === addressWords(record.city).join(" ");
  if (isCity) return { span, field: "city", value: name, record_value: record.city, ok: inState };
  if (evidence.isState(name))
    return {
      span,
      field: "state_or_province",
      value: name,
      record_value: record.state_or_province,
      ok: true,
    };
  const ok = evidence.says(name) && inState;
  return {
    span,
    field: state === null ? null : "city",
    value: name,
    record_value: state === null ? ok : (record.city ?? null),
    ok,
  };
}
