import { expect } from "vitest";
import { expectStatus, type SignedIn, waitFor } from "./cloud.ts";
import type { SoldHouse } from "./sales.ts";

/** A listing with the facts of a sale that has not happened yet; answers its id. */
export async function listFor(by: SignedIn, sale: SoldHouse, price: number): Promise<string> {
  const { title, property_type, bedrooms, bathrooms, size_sqft, lot_sqft, year_built, condition, location } =
    sale;
  const facts = { bedrooms, bathrooms, size_sqft, lot_sqft, year_built, condition, location };
  const body = { title: `For sale: ${title}`, property_type, price, ...facts };
  return (await expectStatus(201, "POST", "/v1/properties", { token: by.token, body })).id;
}

/** Asks for an analysis at a path and waits for its end. */
export async function analysed(by: SignedIn, path: string, body: object) {
  const queued = await expectStatus(202, "POST", path, { token: by.token, body });
  expect(queued).toMatchObject({ status: "queued", analysis: null, suggested_price: null });
  return waitFor(async () => {
    const cma = await expectStatus(200, "GET", `/v1/cmas/${queued.id}`, { token: by.token });
    return ["completed", "failed"].includes(cma.status) ? cma : undefined;
  });
}
