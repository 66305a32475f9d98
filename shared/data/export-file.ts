/** Where an export's file stands below `exports`. */
export const exportKey = ({ brokerage_id, id }: { readonly brokerage_id: string; readonly id: string }) =>
  `${brokerage_id}/${id}`;
