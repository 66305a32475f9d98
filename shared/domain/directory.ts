/** Where the index of kinds lists all brokerages, for what runs over the whole deployment. */
export const directory = { brokerage_id: "deployment", kind: "brokerage" } as const;
