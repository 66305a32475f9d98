/** Lines that show what agents do all day, after those that sign in. */
export function clientsToTry({
  nora,
  twin,
}: {
  readonly nora: string;
  readonly twin: string;
}): readonly string[] {
  const field = (name: string) => `sed 's/.*"${name}":"\\([^"]*\\)".*/\\1/'`;
  return [
    "What agents do all day. Anybody by three letters, as Ana and as the broker; what is overdue; Ana's next days:",
    `  nora=${nora} twin=${twin} now=$(date -u +%Y-%m-%dT%H:%M:%SZ)`,
    '  ask $ANA "clients?q=lin"; ask $ADA "clients?q=lin"',
    '  ask $ADA "tasks?is_finished=false&due_before=$now"; ask $ANA "tasks?is_finished=false&due_from=$now"',
    "What was said with Nora, what she likes, and what is to be done for her:",
    '  ask $ANA clients/$nora/interactions; ask $ANA clients/$nora/properties; ask $ANA "tasks?client_id=$nora"',
    "The website sends an enquiry with a key that does no more; whose it would be, and whose it is; what waits to be claimed:",
    `  WEB=$(ask $ADA api-keys -d '{"name":"By hand","grants":["lead:write:brokerage"]}' | ${field("key")})`,
    '  ask $ADA "lead-routing/preview?source=website"; ask $WEB clients',
    `  ask $WEB leads -d '{"source":"website","person":{"name":"Ida Buyer","email":"ida@buyer.example"},"message":"Still there?"}'`,
    '  sleep 3; ask $ADA "clients?q=ida"; ask $ADA "leads?unclaimed=true"',
    "Two entries of one person are merged, and taken apart again:",
    `  merge=$(ask $ANA clients/$nora/merge -d '{"from":["'$twin'"]}' | ${field("merge_id")}); ask $ANA clients/$nora`,
    "  ask $ANA merges/$merge/undo -X POST",
    "Ana's clients as a file, by a link that is good for some minutes:",
    `  ask $ANA exports/$(ask $ANA "exports?limit=1" | ${field("id")})`,
  ];
}
