import * as z from "zod/mini";
import { id } from "../domain/schemas.ts";

/** A job's message: which record to work on. */
export const jobMessage = z.object({ brokerage_id: id, id });
