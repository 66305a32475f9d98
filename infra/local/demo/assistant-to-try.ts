/** Lines that show a conversation with the assistant, from a question to a change that is undone; where there is one. */
export function assistantToTry(): readonly string[] {
  const said = JSON.stringify({
    source: "chat",
    request_payload: { messages: [{ role: "user", content: "Add a task: call the people from Saturday" }] },
  });
  const id = `sed 's/.*"id":"\\([^"]*\\).*/\\1/'`;
  return [
    "Ana asks the assistant, sees what it answers and proposes, approves the change and takes it back:",
    `  q=$(ask $ANA ai-requests -d '${said}' | ${id}); sleep 8; ask $ANA ai-requests/$q`,
    `  p=$(ask $ANA ai-requests/$q/proposals); echo "$p"; id=$(echo "$p" | ${id})`,
    `  ask $ANA ai-requests/$q/proposals/$id/approve -d '{"version":1}'`,
    `  ask $ANA ai-requests/$q/proposals/$id/undo -d '{"version":3}'; ask $ANA ai-usage`,
  ];
}
