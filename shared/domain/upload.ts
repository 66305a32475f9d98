import * as z from "zod/mini";
import { timestamp } from "./schemas.ts";

/** The request that sends the bytes, exactly so and once: 412 (or 409, at the same moment) says they are there already. */
export const UploadRequest = z.object({
  url: z.string(),
  method: z.literal("PUT"),
  headers: z.record(z.string(), z.string()),
  expires_at: timestamp,
});

/** Where what was uploaded for a record stands below `uploads/<area>`. */
export const uploadKey = ({ brokerage_id, id }: { readonly brokerage_id: string; readonly id: string }) =>
  `${brokerage_id}/${id}`;
