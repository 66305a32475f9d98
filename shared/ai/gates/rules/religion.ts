import { act, describe } from "./acts.ts";
import type { Rule } from "./rule.ts";
import { shutsOut, wants } from "./templates.ts";

/** Religion, and houses of worship as landmarks. */
export const religion: readonly Rule[] = [
  {
    ...act,
    id: "us-religion",
    protects: "religion",
    severity: "block",
    inQuestions: "review",
    phrases: [
      ...shutsOut(
        "(<faithful>|<religious> <people>|people of (other|another|that|different) (faith|faiths|religion|religions))",
      ),
      ...wants(
        "(<faithful>|<religious> <people>|people of (faith|our faith|the same faith)|a believer|believers)",
      ),
      "<religious> (neighborhood|neighborhoods|neighbourhood|community|communities|enclave|area|building|complex|home|household|households|family|families|people|person|persons|folks|tenant|tenants|renter|renters|buyer|buyers|applicants|couple|couples|residents|neighbors|roommate|roommates|landlord|owner|individual|individuals|only|preferred|values|environment|lifestyle|atmosphere|parish families|professional|professionals|man|woman|lady|gentleman)",
      "<faithful> (only|preferred|wanted|welcome|live|living|need not|are|moving|moved|move)",
      "no (<faithful>|<religious> (people|families|tenants|renters|buyers))",
      "<suited> (for|to) <a>? <kind>? (<faithful>|<religious> (family|families|couple|couples|household|buyer|buyers|person|people|woman|man))",
      "(prefer|prefers|preferred|seeking|seeks|looking for|only|wants|want|for|to|of) <a>? (good|nice|fellow|devout|practicing|observant|strict)? (<faithful>|<religious> (tenant|tenants|person|family|families|couple|roommate|buyer|buyers|individual))",
      "(sabbath|shabbat|shabbos|torah) (observant|observing) ~1 (only|preferred|family|families|household|buyers|tenants|community|neighborhood)",
      "(kosher|halal) (household|households|home|families|family|keeping|tenants|observant) (only|preferred|required)?",
      "(must|should|need to|willing to) (be|attend|love|accept|share|respect|believe in) (a|an|our|the)? (church|christian|jesus|god|christ|faith|religious|believer|jewish|muslim|catholic|mormon|same faith)",
      "(bible believing|god fearing|church going|churchgoing|born again|jesus loving)",
      "(same|our|shared|your) (faith|religion) ~2 (only|preferred|community|people|neighbors|live|families)",
      "(no|not) ~1 (head scarves|headscarves|hijabs|hijab|turbans|mezuzahs|mezuzah)",
      "(religion|faith) (is|matters|required|preferred|counts|must)",
    ],
    unless: [
      "(school|schools|college|university|hospital|cemetery|bookstore|science reading room) ~1 (is|are) (nearby|near|close)",
    ],
    message: "It states a preference, limit or fact about religion.",
    suggestion: `${describe} A chapel on the grounds or a kosher kitchen may be named as features.`,
  },
  {
    ...act,
    id: "us-religion-landmark",
    protects: "religion",
    severity: "review",
    phrases: [
      "(synagogue|synagogues|mosque|mosques|church|churches|parish|shul|masjid|gurdwara|eruv|hindu temple|sikh temple) (nearby|near|close|within|around the corner|down the street|next door|in the (area|neighborhood))",
      "(near|nearby|close|steps|blocks|block|minutes|walk|walking distance|next|across|adjacent|convenient|around the corner|mile|miles|beside|by|distance) (to|from|away from)? (the|a|an|several|many|local|all)? ~2 (synagogue|synagogues|mosque|mosques|church|churches|parish|shul|cathedral|hindu temple|sikh temple|gurdwara|masjid|eruv|kingdom hall|mikvah|ward house)",
      "(in|within|inside) (the|an)? eruv",
      "(catholic|jewish|christian|islamic|parochial|lutheran|hebrew) (school|schools|academy)",
    ],
    message: "A house of worship as a landmark can be read as a religious preference.",
    suggestion: "Name a landmark that is not religious, or give the distance to the centre.",
  },
];
