/** The files that the build makes, by name. */
export function documents(): Record<string, string> {
  return {};
}
