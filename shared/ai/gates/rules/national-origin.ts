import { act, describe } from "./acts.ts";
import type { Rule } from "./rule.ts";
import { shutsOut, wants } from "./templates.ts";

/** Where people or their families come from, and the language they speak. */
export const nationalOrigin: readonly Rule[] = [
  {
    ...act,
    id: "us-national-origin",
    protects: "national_origin",
    severity: "block",
    inQuestions: "review",
    phrases: [
      ...shutsOut(
        "(<originplural>|<origin> <people>|(people|applicants|buyers|tenants|anyone|anybody|families) (from|born in) (mexico|china|india|africa|russia|pakistan|haiti|nigeria|somalia|vietnam|korea|cuba|iran|syria|ukraine|the middle east|other countries|another country|abroad|overseas|latin america|central america)|anyone with an accent|foreign accents|non english speakers|non english speaking (tenants|people|families))",
      ),
      ...wants(
        "(<originplural>|<origin> <people>|native english speakers|english speakers|english speaking (tenants|people|families|household|person)|native speakers|americans|real americans)",
      ),
      "<origin> (neighborhood|neighborhoods|neighbourhood|community|communities|enclave|area|areas|family|families|people|person|persons|folks|tenant|tenants|renter|renters|buyer|buyers|applicants|couple|couples|residents|neighbors|roommate|household|households|only|preferred|population|section|part of town|side of town|immigrants|speakers|kids|students|homeowners|born|individuals|landlord|professionals)",
      "<originplural> (only|preferred|wanted|need not|are|live|living|moving|moved|move|please|not)",
      "no (<originplural>|<origin> (people|families|tenants|renters|buyers|applicants|cooking|food))",
      "<suited> (for|to) <a>? <kind>? (<origin> (family|families|couple|couples|household|households|buyer|buyers|person|people|professionals)|<originplural>)",
      "(prefer|prefers|preferred|seeking|seeks|looking for|only|wants|sell to|rent to|for) <a>? (<originplural>|<origin> (tenant|tenants|person|people|family|families|couple|roommate|buyer|buyers))",
      "english (speakers|speaking|only) (household|tenants|people|families|residents)? (only|preferred|required|please|need apply|.|a must)",
      "(must|should|need to|has to|have to|required to|able to) (speak|be fluent in|understand|read) (good|fluent|fluently|clear|proper|perfect)? english",
      "(only|native) english (speakers|speaking)",
      "(no) (foreign accents|accents|broken english)",
      "(spanish|chinese|mandarin|cantonese|korean|russian|arabic|vietnamese|hindi|farsi|somali) (speakers|speaking) (only|preferred|neighborhood|community|area|tenants|families|people|households|residents|need)",
      "(american|native|us|u s|foreign) born (only|preferred|tenants|people|buyers|applicants|residents)?",
      "ethnic (groups|families|people|tenants|buyers)",
      "(from|born in) (mexico|china|india|africa|the middle east|another country|other countries|overseas) ~1 (need not|not|only|are not|not welcome|preferred)",
    ],
    unless: [
      "(american|european) (home|homes|style|dream) ",
      "(agent|agents|broker|realtor|staff|team|i|we) ~2 (speak|speaks|speaking)",
      "hablamos",
      "se habla",
    ],
    message: "It states a preference, limit or fact about national origin.",
    suggestion: describe,
  },
];
