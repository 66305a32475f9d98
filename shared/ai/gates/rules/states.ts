import type { Rule } from "./rule.ts";
import { shutsOut, wants } from "./templates.ts";

const voucher =
  "(section 8|section eight|sec 8|vouchers|voucher|housing vouchers|housing voucher|housing choice vouchers|hud vouchers|vash|housing assistance|rental assistance|government assistance|public assistance|subsidies|subsidized tenants|housing authority|rent subsidies|hud)";
const income = [
  ...shutsOut(
    `(${voucher}|${voucher} (tenants|holders|recipients|people|applicants|families)|welfare recipients|people on (welfare|disability|section 8|assistance|public assistance)|anyone on (welfare|disability|section 8|public assistance|assistance)|unemployed people|the unemployed)`,
  ),
  ...wants(
    "((employed|working) (people|tenants|adults|professionals|persons|couples|individuals)|people with (jobs|full time jobs)|an employed (person|tenant|professional))",
  ),
  `no (to)? ${voucher} ~1 (tenants|holders|accepted|please|.)?`,
  `${voucher} (tenants|holders|recipients|program|applicants|payments)? (are|is|will be|were)? (not|never|no) ~2 (accepted|allowed|welcome|taken|considered|eligible|permitted|approved|apply|an option|qualified|participate|here|.)`,
  `${voucher} (tenants|holders|recipients|applicants|program)? (need not|cannot|can't|won't|aren't|isn't|should not) ~2 (apply|accepted|be|taken|inquire|considered|eligible)`,
  `(not|don't|doesn't|won't|cannot|can't|unable to|never|refuse to|declines to) (currently)? (accept|accepting|take|taking|consider|participate|participating|work|rent|approve|qualified|approved|set up|deal) (in|with|to|for)? (the|any)? ~1 ${voucher}`,
  "no (welfare|ssi|ssdi|social security|disability income|disability checks|unemployment|food stamps|tanf|alimony|child support)",
  "(welfare|ssi|ssdi|disability) (recipients|income|checks|tenants)? (not|need not|are not|is not) ~1 (accepted|apply|allowed|considered|counted)",
  "(employed|working|wage earning|gainfully employed) (people|tenants|professionals|adults|persons|individuals|applicants|renters|couple|couples|families) (only|preferred)",
  "must (be|have) (gainfully|currently|full time)? (employed|a job|a full time job|full time employment|w 2 income|employment|working|a steady job)",
  "(job|wage|employment|w 2|earned) income only",
  "(professionals|workers) with jobs only",
];
const orientation = [
  ...shutsOut(
    "(gays|lesbians|homosexuals|(lgbt|lgbtq|gay|lesbian|transgender|queer|trans|same sex|homosexual|bisexual) <people>|transgender people|transgender tenants|trans people|same sex couples|gay couples|gay people|gay men|lesbian couples|gay tenants|queer people|a (gay|lesbian|same sex) couple)",
  ),
  ...wants(
    "(straight (people|couples|tenants|families|men|women)|heterosexuals|heterosexual (couples|people|tenants|families)|a (straight|heterosexual) (couple|person|family|man|woman)|(gay|lesbian) (couples|men|women|tenants))",
  ),
  "no (gays|gay|lesbians|homosexuals|lgbt|lgbtq|queers|queer|transgender|transgenders|trans|trans people|same sex|same sex couples|gay couples|gay people|drag queens|transsexuals|unmarried gay)",
  "(straight|heterosexual|hetero|cisgender) (couple|couples|people|person|tenants|tenant|only|preferred|household|roommate|families|individuals|buyers|renters)",
  "<suited> (for|to) <a>? (gay|lesbian|same sex|straight|heterosexual|lgbt|lgbtq|queer) (couple|couples|people|family|families|men|women|buyers)",
  "(gays|lesbians|homosexuals|same sex couples|gay couples|transgender people|lgbtq people) (not|need not|are not|preferred|only|aren't) ~1 (welcome|apply|allowed|accepted)?",
  "(gay|lesbian) (only|preferred|tenants|people only)",
  "(traditional|normal) (marriage|couples|lifestyle|family values|families) (only|preferred)",
];
const marital = [
  ...shutsOut(
    "(unmarried (couples|people|tenants)|single (people|tenants|men|women|applicants)|divorced (people|men|women|tenants)|divorcees|singles|cohabiting couples|live in partners|boyfriends or girlfriends)",
  ),
  ...wants(
    "(married (couples|people|tenants|buyers)|a (nice|young|quiet)? (married) (couple|person)|unmarried (people|tenants)|single (people|tenants|person|applicants))",
  ),
  "(married|wedded) (couple|couples|people|tenants|persons|buyers|applicants|household|households|only) (only|preferred|wanted|please|with)",
  "married only",
  "(must be|have to be|should be|only if) (legally)? married",
  "no (unmarried|single|singles|divorced|divorcees|cohabiting|live in|separated|widowed|unwed) (couples|people|tenants|men|women|persons|partners|applicants|adults|.)?",
  "(unmarried|single|divorced|cohabiting) (couples|people|tenants|men|women|persons|partners|applicants) (not|need not|are not|cannot|only|preferred)",
  "(prefer|prefers|seeking|looking for|rent to|wants|want) (a|only)? (nice|quiet|young)? (married|single|unmarried|divorced) (couple|couples|person|people|tenants|tenant|applicant)",
  "<suited> (home|house|place|apartment)? (for|to) <a>? (newly)? (married|unmarried|divorced|widowed|single) (couple|couples|person|people|men|women)",
];
const military = [
  ...shutsOut(
    "(military|soldiers|service members|servicemembers|veterans|marines|sailors|military (families|personnel|members|tenants)|active duty (military|personnel)?|reservists|national guard members)",
  ),
  ...wants("(civilians|civilian (tenants|families)|veterans|military (families|personnel|tenants))"),
  "no (active duty|active)? (military|soldiers|service members|servicemembers|veterans|vets|marines|sailors|army|navy|reservists|national guard|military personnel|military families)",
  "(military|veterans|vets|soldiers|service members|civilians|military families|military personnel|active duty) (only|preferred|not|need not) ~1 (accepted|apply|allowed|welcome)?",
  "(civilian|non military|nonmilitary|military) (tenants|renters|buyers|people|families|applicants) (only|preferred)",
  "(not|won't|don't|doesn't|will not) (rent|sell|lease|renting) to (military|soldiers|veterans|service members|marines|the military)",
];
const age = [
  ...shutsOut(
    "(elderly (people|tenants)|the elderly|old people|older (people|tenants|adults|applicants)|senior citizens|young people|young (tenants|adults)|millennials|boomers|college kids|seniors|retirees)",
  ),
  ...wants(
    "((young|younger|older|youthful|millennial) (people|tenants|renters|adults|professionals|crowd|person|applicants|residents)|millennials|people (under|over|in their) (#|20s|30s|40s|thirty|forty|fifty|twenties|thirties))",
  ),
  "no (one|body|tenants|renters|people|person|applicants|persons) (under|over|older than|younger than|above|below) (age)? (#|thirty|forty|fifty|sixty|twenty five)",
  "(under|over|below|above) (age)? (#|thirty|forty|fifty) (only|preferred|need not|please)",
  "(young|younger|older|millennial|middle aged|youthful) (tenants|tenant|people|person|renters|adults|persons|professionals|buyers|applicants|individuals|residents|households) (only|preferred|wanted|please|sought)",
  "no (elderly|old people|senior citizens|older people|older tenants|young people|millennials|boomers|gen z|college kids|twenty somethings|20 somethings|seniors|retirees|older adults|youth)",
  "(elderly|old people|older people|seniors|young people|retirees) (not|need not|are not|should not|aren't) ~1 (welcome|apply|allowed|accepted|considered|inquire)?",
  "(must be|between|aged|ages|age) (between|aged|ages)? # (to|and|or) (#|under|younger|over|older) ~1 (only|preferred|years|please)?",
  "(tenants|renters|people|applicants|residents|buyers) (in their|aged|between|ages) (#|20s|30s|40s|20|twenties|thirties|early|late) ~3 (only|preferred|please|wanted)?",
  "too (old|young) (to|for) (live|living|rent|this|buy|the)",
];
const immigration = [
  ...shutsOut(
    "((anyone|anybody|someone|people|tenants|those) (who is|who are)? (undocumented|here illegally|without papers)|undocumented (people|immigrants|tenants)|visa holders|green card holders|non citizens|noncitizens|people without papers|dreamers)",
  ),
  ...wants("((us|u s|american) citizens|citizens|a (us|u s)? citizen)"),
  "(us|u s|american|united states) (citizens|citizen|citizenship|nationals) (only|preferred|required|please)?",
  "(citizens|citizenship|legal residents|permanent residents|green card holders) (only|required|preferred)",
  "(must|should|need to) (be|have|show|provide) (a|an|proof of|valid)? (us|u s|american|legal)? (citizen|citizens|citizenship|green card|immigration papers|immigration status|immigration documents|legal status|legal resident|legal residents|papers)",
  "proof of ~1 (citizenship|legal status|immigration status|legal residency|lawful presence)",
  "no (undocumented|visa holders|h1b|green cards|green card holders|dreamers|asylum seekers|illegal immigrants|undocumented immigrants)",
];

const law = { protects: "state_law", severity: "block", suggestion: null } as const;

/** California: Government Code 12955 (housing) and Civil Code 51 ff. (Unruh Act). */
const california: readonly Rule[] = [
  {
    ...law,
    ...{
      id: "ca-source-of-income",
      jurisdiction: "CA",
      from: "2020-01-01",
      source: "Cal. Gov. Code 12955(c), 12927(i)",
    },
    phrases: income,
    message: "California: no preference or limit by source of income, vouchers included.",
    suggestion: "Leave it out; the same income standard may be stated for everybody.",
  },
  {
    ...law,
    ...{
      id: "ca-sexual-orientation-gender",
      jurisdiction: "CA",
      from: "2000-01-01",
      source: "Cal. Gov. Code 12955(c)",
    },
    phrases: orientation,
    message: "California: no preference or limit by sexual orientation or gender identity.",
  },
  {
    ...law,
    ...{ id: "ca-marital-status", jurisdiction: "CA", from: "1976-01-01", source: "Cal. Gov. Code 12955(c)" },
    phrases: marital,
    message: "California: no preference or limit by marital status.",
  },
  {
    ...law,
    ...{ id: "ca-military", jurisdiction: "CA", from: "2020-01-01", source: "Cal. Gov. Code 12955(c)" },
    phrases: military,
    message: "California: no preference or limit by military or veteran status.",
  },
  {
    ...law,
    ...{ id: "ca-age", jurisdiction: "CA", from: "1985-01-01", source: "Cal. Civ. Code 51.2" },
    phrases: age,
    unless: ["<older>", "(18|21|eighteen|twenty one) (or|and|years)"],
    message: "California: no preference or limit by age, housing for older persons apart.",
  },
  {
    ...law,
    ...{
      id: "ca-immigration",
      jurisdiction: "CA",
      from: "2016-01-01",
      source: "Cal. Civ. Code 51(b), 1940.3",
    },
    phrases: immigration,
    message: "California: no preference or limit by citizenship, immigration status or primary language.",
  },
];

/** Washington: Law Against Discrimination and the Residential Landlord-Tenant Act. */
const washington: readonly Rule[] = [
  {
    ...law,
    ...{ id: "wa-source-of-income", jurisdiction: "WA", from: "2018-09-30", source: "RCW 59.18.255" },
    phrases: income,
    message: "Washington: no tenant is refused for the source of income, vouchers included.",
    suggestion: "Leave it out; the same income standard may be stated for everybody.",
  },
  {
    ...law,
    ...{ id: "wa-sexual-orientation", jurisdiction: "WA", from: "2006-06-08", source: "RCW 49.60.222" },
    phrases: orientation,
    message: "Washington: no preference or limit by sexual orientation or gender identity.",
  },
  {
    ...law,
    ...{ id: "wa-marital-status", jurisdiction: "WA", from: "1973-07-16", source: "RCW 49.60.222" },
    phrases: marital,
    message: "Washington: no preference or limit by marital status.",
  },
  {
    ...law,
    ...{ id: "wa-military", jurisdiction: "WA", from: "2007-07-22", source: "RCW 49.60.222" },
    phrases: military,
    message: "Washington: no preference or limit by honorable discharge or military status.",
  },
  {
    ...law,
    ...{ id: "wa-immigration", jurisdiction: "WA", from: "2020-06-11", source: "RCW 49.60.222" },
    phrases: immigration,
    message: "Washington: no preference or limit by citizenship or immigration status.",
  },
];

export const states: readonly Rule[] = [...california, ...washington];
