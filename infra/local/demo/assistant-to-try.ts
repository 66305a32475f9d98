/** Lines that show a conversation with the assistant, from a question to a change that is undone; where there is one. */
export function assistantToTry(): readonly string[] {
  const said = JSON.stringify({
    source: "chat",
    request_payload: { messages: [{ role: "user", content: "Add a task: call the people from Saturday" }] },
  });
  const field = (name: string) => `sed 's/.*"${name}":"\\{0,1\\}\\([^",]*\\).*/\\1/'`;
  return [
    "Ana asks the assistant, sees what it answers and proposes, approves the change and takes it back:",
    `  q=$(ask $ANA ai-requests -d '${said}' | ${field("id")}); sleep 8; ask $ANA ai-requests/$q`,
    `  p=$(ask $ANA ai-requests/$q/proposals); echo "$p"; id=$(echo "$p" | ${field("id")})`,
    `  r=$(ask $ANA ai-requests/$q/proposals/$id/approve -d '{"version":1}'); echo "$r"`,
    `  ask $ANA ai-requests/$q/proposals/$id/undo -d '{"version":'$(echo "$r" | ${field("version")})'}'; ask $ANA ai-usage`,
  ];
}
