import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from "libphonenumber-js/min";

/**
 * A telephone number as somebody wrote it, in E.164; undefined for what is none. Without a + it is a number of the
 * country (ISO 3166-1, the US unless said). An extension is dropped: E.164 has none. Numbers are checked for their
 * length only, since plans of numbers change more often than releases.
 */
export function toE164(text: string, country?: string | null): string | undefined {
  const defaultCountry: CountryCode = country && isSupportedCountry(country) ? country : "US";
  const number = parsePhoneNumberFromString(text, { defaultCountry, extract: false });
  return number?.isPossible() && e164.test(number.number) ? number.number : undefined;
}

const e164 = /^[+][1-9][0-9]{7,14}$/;
