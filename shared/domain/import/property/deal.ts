import type { NewProperty } from "../../property.ts";

/** A row's prices, status and dates, from listing to sale or lease. */
export interface Said {
  readonly status?: NewProperty["status"];
  readonly contract_status?: NewProperty["contract_status"];
  readonly isLease: boolean;
  /** A price of no stated kind: of a sale, unless the file has sale prices apart. */
  readonly price?: number | undefined;
  readonly list_price?: number | undefined;
  readonly original_price?: number | undefined;
  readonly contract_date?: string | undefined;
  readonly close_price?: number | undefined;
  readonly close_date?: string | undefined;
  /** Whether the row has a column for sale prices, even an empty one. */
  readonly hasClosePrice: boolean;
}

type Deal = Partial<
  Pick<
    NewProperty,
    "status" | "contract_status" | "price" | "original_price" | "contract_date" | "close_price" | "close_date"
  >
>;

/**
 * Price, status and dates. A row with a sale date is a sale unless its status says that the home is on the market: then
 * the date is of an earlier one. A sale whose price is not told (non-disclosure states) is one without a price, never
 * at its list price. What is not known is null, so that it does not become today.
 */
export function deal(said: Said): Deal {
  const {
    isLease,
    price,
    list_price,
    original_price,
    contract_date,
    close_price,
    close_date,
    hasClosePrice,
  } = said;
  const status = said.status ?? (close_date === undefined ? undefined : "sold");
  if (status !== "sold" && status !== "rented") {
    const asked = { price: list_price ?? price, original_price };
    return status === "under_offer"
      ? { status, contract_status: said.contract_status, ...asked, contract_date: contract_date ?? null }
      : { status, ...asked };
  }
  const paid = hasClosePrice ? close_price : price;
  return {
    status: isLease ? "rented" : status,
    price: list_price ?? (hasClosePrice ? price : undefined) ?? paid,
    original_price,
    close_price: paid ?? null,
    contract_date: contract_date ?? close_date ?? null,
    close_date: close_date ?? null,
  };
}
