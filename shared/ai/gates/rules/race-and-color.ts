import { act, describe } from "./acts.ts";
import type { Rule } from "./rule.ts";
import { shutsOut, wants } from "./templates.ts";

/** Race and colour, and words that stand for them. */
export const raceAndColor: readonly Rule[] = [
  {
    ...act,
    id: "us-race",
    protects: "race",
    severity: "block",
    inQuestions: "review",
    phrases: [
      ...shutsOut("(<races>|<raceadjective> <people>)"),
      ...wants("(<races>|<raceadjective> <people>)"),
      "(whites|blacks|asians|caucasians|<raceadjective> (people|persons|tenants|families|buyers|applicants|renters|folks|couples)) (only|preferred|wanted|need not|not|please)",
      "(white|black|caucasian|asian) (only|preferred) (.|,|tenants|building|neighborhood|community|area|household|need)",
      "no (<races>|<raceadjective> (people|persons|tenants|families|buyers|renters|applicants|folks))",
      "<raceadjective> (neighborhood|neighborhoods|neighbourhood|community|communities|enclave|suburb|suburbs|subdivision|area|areas|school|schools|school district|families|family|people|persons|folks|tenants|tenant|renters|buyers|residents|neighbors|household|households|couple|couples|homeowners|students|kids|children|part of town|side of town|section|population|professional|professionals)",
      "(whites|blacks|asians|caucasians|minorities|people of color|african americans) (live|living|move|moving|moved|prefer|own|are|have|there|here|in)",
      "racially (pure|exclusive|homogeneous|segregated)",
      "segregated (neighborhood|community|area|schools)",
      "all (white|black|asian|caucasian) (neighborhood|community|area|block|street|school|schools|building|suburb|families|town)",
      "(for|to|of|among) (whites|blacks|asians|caucasians|minorities|people of color|persons of color|african americans)",
      "(will not|won't|refuse to|don't|do not) (sell|rent|show) ~1 to <race>",
    ],
    unless: ["(black|white|asian) owned"],
    message: "It states a preference, limit or fact about race.",
    suggestion: describe,
  },
  {
    ...act,
    id: "us-color",
    protects: "color",
    severity: "block",
    inQuestions: "review",
    phrases: [
      ...shutsOut(
        "((dark|light|brown|black|fair|darker|lighter|pale) (skin|skinned) <people>|dark skin|brown people|dark people)",
      ),
      ...wants(
        "((dark|light|brown|fair|darker|lighter|pale) (skin|skinned|complexioned) <people>|(light|fair|pale|lighter) skin|(fair|light|lighter|fairer|darker|dark|pale) (complexion|complexions))",
      ),
      "(light|dark|fair|brown|lighter|darker|pale|black|white) (skin|skinned|complexion|complexioned|complected) ~1 (people|persons|tenants|renters|buyers|families|person|tenant|only|preferred|applicants|neighbors|roommate|folks)?",
      "(skin color|skin tone|color of (your|their|the) skin|complexion|skin colour) ~2 (matters|important|preferred|only|please|required|counts)",
      "(people|persons|tenants|folks|anyone|someone|those|buyers|neighbors|renters|applicants) (of|with) (a)? (color|colour|light skin|dark skin|fair skin|dark complexion|fair complexion|light complexion|lighter skin|darker skin|brown skin)",
      "(no|not) ~1 (coloreds|colored|colored people|dark people|brown people)",
      "(brown|dark|light) (people|folks|families|tenants|faces)",
    ],
    unless: ["(light|dark|white|black|brown) skinned (potatoes|apples)"],
    message: "It states a preference, limit or fact about colour.",
    suggestion: describe,
  },
  {
    ...act,
    id: "us-race-hint",
    protects: "race",
    severity: "review",
    phrases: [
      "(diverse|integrated|multicultural|inclusive) (,|and) ~1 (neighborhood|neighbourhood|community|area)",
      "(vibrant|lively|friendly|welcoming) (,|and) (diverse|multicultural) (neighborhood|neighbourhood|community|area)",
      "(ethnically|racially|culturally|racial|ethnic|cultural) (diverse|mixed|integrated|diversity|homogeneous|mix|rich)",
      "(diverse|integrated|multicultural|mixed|inclusive|ethnic|urban|homogeneous) (neighborhood|neighbourhood|community|population|residents|families|neighbors|crowd)",
      "diversity of the (neighborhood|area|community|residents)",
      "(exclusive|traditional|restricted|select|elite|established|old guard) (neighborhood|neighbourhood|community|enclave|area|suburb|clientele|residents|families)",
      "(exclusive|traditional|restricted) (,|and) ~1 (neighborhood|neighborhoods|community|communities|enclave|enclaves)",
      "(exclusive|restricted) (neighborhoods|communities|enclaves)",
      "ethnic (neighborhood|neighborhoods|area|community)",
      "(exclusive|traditional) (and|,) ~2 (neighborhood|community|enclave)",
      "(articulate|respectable|clean cut|well bred|cultured) (tenant|tenants|people|family|families|neighbors|individuals|person|renters)",
      "(ghetto|the hood|inner city)",
    ],
    unless: [
      "(deed|age|gate) restricted",
      "<older>",
      "established (in|by) #",
      "(exclusive|inclusive) (amenities|listing|community (pool|amenities|club))",
    ],
    message: "It can be read as a code for who lives there or who is wanted.",
    suggestion: "Name what is meant: gated, quiet, near the golf course, houses built in the 1920s.",
  },
];
