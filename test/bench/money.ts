import type { Cost } from "./measure.ts";

/** Dollars per million in us-east-1, on demand. A gigabyte is 10^9 bytes. */
const prices = {
  httpApi: 1,
  lambda: 0.25,
  readUnit: 0.125,
  writeUnit: 0.625,
  logGigabyte: 0.5,
  egressGigabyte: 0.09,
};

/** The access log's line and the function's. */
const logBytes = 500;

/** Dollars per million calls, egress included. */
export function dollarsPerMillion({ readUnits, writeUnits, answerBytes }: Cost): number {
  const { httpApi, lambda, readUnit, writeUnit, logGigabyte, egressGigabyte } = prices;
  const perByte = 1e6 / 1e9;
  return (
    httpApi +
    lambda +
    readUnits * readUnit +
    writeUnits * writeUnit +
    logBytes * perByte * logGigabyte +
    answerBytes * perByte * egressGigabyte
  );
}
