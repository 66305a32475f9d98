import { describe, withSex } from "./acts.ts";
import type { Rule } from "./rule.ts";
import { shutsOut, wants } from "./templates.ts";

/** Sex; a roommate in shared living space is an exception that a person confirms. */
export const sex: readonly Rule[] = [
  {
    ...withSex,
    id: "us-sex",
    protects: "sex",
    severity: "block",
    phrases: [
      ...shutsOut(
        "(men|women|males|females|single men|single women|male tenants|female tenants|guys|girls|boys)",
      ),
      ...wants(
        "((single|young|mature|professional|older|working|quiet|clean)? (<sexes>) (tenant|tenants|renter|applicant|professional|student)?)",
      ),
      "(<sexes>|women's|men's) (only|preferred)",
      "(only|strictly|exclusively) (for)? (men|women|males|females|gentlemen|ladies|guys|girls|a (woman|man|female|male|lady|gentleman))",
      "no (men|women|males|females|guys|girls|single men|single women|male tenants|female tenants|boys)",
      "(male|female|women|men|woman|man|lady|gentleman) (tenant|tenants|renter|renters|occupant|occupants|buyer|buyers|applicant|applicants|resident|residents|professional|professionals|household|student|students|lodger) (only|preferred|wanted|please|sought|need)?",
      "(prefer|prefers|preferably|preferring|seeking|seeks|looking for|rent to|sell to|wants|want|suits|would suit) (a|an|the)? (single|young|mature|quiet|professional|older|working|nice|responsible|clean)? (male|female|woman|man|gentleman|lady|women|men|girl|guy|bachelor|males|females|ladies)",
      "<suited> (home|house|apartment|condo|place|unit|spot|pad)? (for|to) <a>? (single|young|mature|professional|working|older|busy)? (man|woman|men|women|gentleman|gentlemen|lady|ladies|girl|girls|guy|guys|female|male|handyman's wife)",
      "(men|women|males|females|ladies|gentlemen) (need not|not|are not|are preferred) ~1 (apply|allowed|welcome|permitted|accepted)?",
    ],
    unless: ["(roommate|roommates|housemate|housemates|shared (bath|bathroom|kitchen|apartment|house|room))"],
    message: "It states a preference or limit about sex.",
    suggestion: describe,
  },
  {
    ...withSex,
    id: "us-sex-hint",
    protects: "sex",
    severity: "review",
    phrases: [
      "(female|male|woman|women|man|men|lady|ladies|girl|girls|guy|guys|gentleman) ~1 (roommate|roommates|housemate|housemates)",
      "(roommate|housemate|roommates) ~3 (female|male|woman|women|man|men)",
      "(lady|man|woman) of the house",
      "(woman's|lady's|man's|gentleman's|housewife's|wife's|women's) ~1 (dream|delight|paradise|touch|kitchen)",
      "(your|the|his|a) (wife|husband|little lady) (will|would|can|could|wants)",
    ],
    message:
      "It can be read as a preference about sex; shared living space is an exception that a person must confirm.",
    suggestion: describe,
  },
];
