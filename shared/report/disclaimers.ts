/** Words that a state asks for, and where they must stand. Data, not law: each entry says from when it was read. */
interface Disclaimer {
  readonly place: "after_estimate" | "end";
  readonly text: string;
  readonly as_of: string;
}

const general: Disclaimer = {
  place: "end",
  text:
    "This is a comparative market analysis, an opinion of price prepared by a real-estate licensee to help a seller or " +
    "buyer decide on a price. It is not an appraisal of the market value of the property and was not prepared by a " +
    "licensed or certified appraiser. Facts of the sales are as recorded and were not verified by inspection.",
  as_of: "2026-01-01",
};

/** By state (USPS code): where nothing is configured the general text stands at the end. */
const byState: Readonly<Record<string, Disclaimer>> = {
  // Delaware asks that the statement stand right after the estimate.
  DE: { ...general, place: "after_estimate" },
};

/** The disclaimer for a property's state. */
export const disclaimerFor = (state: string | null): Disclaimer =>
  byState[state?.toUpperCase() ?? ""] ?? general;
