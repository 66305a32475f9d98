import { amended } from "./acts.ts";
import type { Rule } from "./rule.ts";
import { shutsOut, wants } from "./templates.ts";

/** Disability, and the animals that assist. */
export const disability: readonly Rule[] = [
  {
    ...amended,
    id: "us-disability",
    protects: "disability",
    severity: "block",
    phrases: [
      ...shutsOut(
        "(<disabled>|disabled (people|persons|tenants|applicants)|people (in|with|who use|using) (a)? (wheelchair|wheelchairs|disabilities|walker|walkers|mental illness|mental health issues|special needs|mobility issues)|(anyone|someone|tenants|applicants|residents|people|persons) (in|with|on|who has|who uses|using) (a|an|any)? (wheelchair|disability|mental illness|mental health issue|mental health issues|mobility issues|walker|wheelchairs|special needs|psychiatric history|medication|oxygen)|service animals|service dogs|guide dogs|assistance dogs)",
      ),
      ...wants(
        "(healthy (people|tenants|adults|individuals|person|residents)|able bodied (people|tenants|adults|person|residents)|physically fit (people|tenants|person)|people without disabilities|(active|healthy) (,|and) (active|healthy) <people>)",
      ),
      "(service|guide|assistance) (animals|dogs) (included|too|as well)",
      "no (one|body) (in recovery|on disability|on medication|in a wheelchair|in treatment)",
      "(includes|including|applies to|goes for|means) (service|guide|assistance) (animals|dogs)",
      "no <disabled> ",
      "no (one|tenants|people|applicants|residents|person|persons) (with|who (is|are|has|have|use|uses)) (a|any)? ~1 <disabled>",
      "no (pets or|pets ,|animals or|dogs or|exceptions for)? (service|guide|seeing eye) (animal|animals|dog|dogs)",
      "no (pets|animals|dogs) ~2 (including|even|not even|no|incl) (for)? (service|guide|assistance|seeing eye) (animal|animals|dog|dogs)",
      "(service|guide|seeing eye) (animals|dogs|animal|dog) (are|is|will)? (not|never) ~1 (allowed|permitted|accepted|welcome|considered)",
      "(fee|deposit|rent|charge|surcharge) ~3 (for|on|applies to|including) ~2 (service|guide|assistance) (animals|animal|dog|dogs)",
      "(service|guide|assistance) (animals|animal|dog|dogs) ~3 (fee|deposit|pet rent|surcharge|extra)",
      "(not|isn't|never|un) <very>? (suitable|appropriate|recommended|ideal|meant|intended|designed|right|suited|a good fit|a fit|good|safe|for) for ~2 <disabled>",
      "not for the (disabled|handicapped|infirm|mobility impaired)",
      "unsuitable for ~2 <disabled>",
      "<disabled> (are|is|need|should|will|may|can)? (not|cannot) ~1 (allowed|permitted|apply|welcome|accepted|considered|inquire|preferred)",
      "(able bodied|ablebodied|able body)",
      "(physically|mentally) (fit|able|healthy|sound|stable|capable|strong) (tenant|tenants|people|person|only|persons|individual|individuals|applicants|buyers|residents|renters|adults|required|preferred|couple)?",
      "(healthy|sane|fit|agile|ambulatory|normal) (tenant|tenants|people|person|persons|individuals|individual|applicants|buyers|residents|renters|adults|couple|couples) (only|preferred)?",
      "must be (ambulatory|healthy|physically fit|able bodied|mentally stable|agile|mobile|physically able|of sound mind)",
      "(must|should|need to) (be)? (able to)? (climb|walk|manage|navigate|use|take|handle) (up)? (the|a|two|three|flights of)? ~1 (stairs|steps|flights)",
      "(able to|capable of) (live|living|care for) (independently|themselves|yourself|on their own)",
      "(independent living|live independently) (only|required|a must)",
      "(no) (crazies|crazy people|psychos|retards|cripples|nut jobs|psychiatric|medical marijuana patients)",
      "<suited> (for|to) <a>? (physically)? (active|healthy|able bodied|fit) (people|person|tenants|adults|individuals|only)",
      "(will not|won't|refuse to|do not|don't|cannot|can't) (make|allow|permit|grant|accommodate|rent to|provide|accept) ~2 (reasonable accommodation|reasonable accommodations|accommodations|modifications|ramps|grab bars|<disabled>)",
      "(disabled|handicapped|wheelchair users|people in wheelchairs|tenants in wheelchairs|wheelchair) (people|tenants|applicants|persons|users)? (need not|not|cannot|should look elsewhere|should not|won't)",
      "(proof|disclosure|documentation) of ~1 (disability|medical condition|diagnosis)",
    ],
    unless: ["(not|isn't|no longer) (wheelchair|handicap|handicapped) accessible"],
    message: "It shuts out people with a disability, or says that they are not wanted.",
    suggestion:
      'State facts of the building, such as "third floor, no elevator", and leave out who can live with them.',
  },
  {
    ...amended,
    id: "us-assistance-animals",
    // HUD withdrew its guidance on assistance animals in September 2025; the statute on accommodations stays.
    from: "2020-01-28",
    until: "2025-09-17",
    source: "HUD FHEO-2020-01",
    protects: "disability",
    severity: "block",
    phrases: [
      "no (emotional support|support|comfort|therapy|assistance) (animal|animals|dog|dogs|pets)",
      "no (esa|esas)",
      "(emotional support|support|therapy|assistance|comfort) (animals|animal|dogs) (are|is)? not ~1 (allowed|permitted|accepted|welcome)",
    ],
    message: "It refuses assistance animals.",
    suggestion: '"No pets" may be said; a request for an assistance animal is decided when it comes.',
  },
  {
    ...amended,
    id: "us-assistance-animals-since-2025",
    from: "2025-09-17",
    source: "42 USC 3604(f)(3)(B)",
    protects: "disability",
    severity: "review",
    phrases: [
      "no (emotional support|support|comfort|therapy|assistance) (animal|animals|dog|dogs|pets)",
      "no (esa|esas)",
      "(emotional support|support|therapy|assistance|comfort) (animals|animal|dogs) (are|is)? not ~1 (allowed|permitted|accepted|welcome)",
    ],
    message: "It refuses assistance animals; the statute on reasonable accommodation still holds.",
    suggestion: '"No pets" may be said; a request for an assistance animal is decided when it comes.',
  },
];
