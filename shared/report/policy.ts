/** The page's Content-Security-Policy: its own style, fonts that it carries, pictures. */
export const reportPolicy =
  "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src http: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
