/** Why a candidate is not in the grid, by its code. */
export const rejections = {
  not_before: "It was not sold before the effective date.",
  subject_itself: "It is an earlier sale of the subject itself.",
  duplicate: "The same sale is in the data twice.",
  other_kind: "It is another kind of property.",
  other_currency: "It was paid in another currency.",
  token_amount: "Its amount is a token, far below any price of a home around.",
  lease: "Its amount is that of a rent, not of a sale.",
  several_parcels: "One deed of that day has this price for several parcels: it is no price of one home.",
  part_share: "It was paid about half of what homes around are sold for, as for a share of a home.",
  before_built: "It was sold before the house was built.",
  out_of_line: "Its price or its facts are out of line with everything around it, most likely a wrong entry.",
  too_different: "It would take a net adjustment beyond the limit to make it like the subject.",
  too_far: "Nearer or more similar sales leave it without weight.",
  excluded_by_agent: "The agent left it out.",
} as const;
export type Rejection = keyof typeof rejections;
