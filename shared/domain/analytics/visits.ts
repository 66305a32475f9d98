/** Programs that say so: robots of search engines and previews, and the HTTP clients of servers and scripts. */
const programs =
  /bot|crawl|spider|slurp|preview|headless|monitor|lighthouse|curl|wget|python|undici|axios|go-http|^node\b/i;

/** Whether a visit is by a program, as far as its User-Agent says so; who sends none is no browser. */
export const isByProgram = (userAgent: string | null): boolean =>
  userAgent === null || userAgent === "" || programs.test(userAgent);
