import { expectStatus, type SignedIn, waitFor } from "./cloud.ts";

/** Starts a hand-over as an admin; answers its task. */
export const startHandOver = ({ token }: SignedIn, leaver: SignedIn, heir: SignedIn) =>
  expectStatus(202, "POST", `/v1/users/${leaver.user.id}/hand-over`, {
    token,
    body: { to_user_id: heir.user.id },
  });

/** Waits until a hand-over, or its undo, has ended and answers it. */
export const handOverEnded = ({ token }: SignedIn, id: string) =>
  waitFor(async () => {
    const job = await expectStatus(200, "GET", `/v1/hand-overs/${id}`, { token });
    return ["completed", "failed", "undone"].includes(job.status) ? job : undefined;
  }, 300);

/** Hands over all records of a user and answers the hand-over once it has ended. */
export const handOver = async (admin: SignedIn, leaver: SignedIn, heir: SignedIn) =>
  handOverEnded(admin, (await startHandOver(admin, leaver, heir)).id);

/** Undoes a hand-over and answers it once that has ended. */
export async function undoHandOver(admin: SignedIn, id: string) {
  await expectStatus(202, "POST", `/v1/hand-overs/${id}/undo`, { token: admin.token });
  return handOverEnded(admin, id);
}
