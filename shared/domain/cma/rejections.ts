/** Why a candidate is not in the grid, by its code. */
export const rejections = {
  not_before: "It was not sold before the effective date.",
  subject_itself: "It is an earlier sale of the subject itself.",
  duplicate: "The same sale is in the data twice.",
  other_kind: "It is another kind of property.",
  other_currency: "It was paid in another currency.",
  token_amount: "Its price is nominal, far below the price of any nearby home.",
  lease: "Its amount is that of a rent, not of a sale.",
  several_parcels: "One deed covers several parcels at this price: it is not the price of one home.",
  part_share:
    "Its price is about half of what nearby homes sell for, as when only a share of a home is sold.",
  before_built: "It was sold before the house was built.",
  out_of_line:
    "Its price or its facts differ so much from nearby sales that they are most likely a data error.",
  too_different: "It would take a net adjustment beyond the limit to make it like the subject.",
  too_far: "Nearer or more similar sales take all the weight.",
  excluded_by_agent: "The agent excluded it.",
} as const;
export type Rejection = keyof typeof rejections;
