/** Raised when the same inputs may give another result. */
export const engineVersion = "1.6.0";
