import type { Rule } from "./rule.ts";

const base = {
  jurisdiction: "US",
  from: "1968-04-11",
  source: "42 USC 3604(a), (c); 24 CFR 100.70(c)",
  protects: "steering",
} as const;

const sources =
  "I can't describe who lives somewhere or how safe it is. The police department publishes crime figures, the school " +
  "district its own, and the Census Bureau (data.census.gov) facts about an area; please look at these and visit.";

const group = "(<race>|<religious>|<origin>|<faithful>|<originplural>)";
const mostly =
  "(predominantly|mostly|mainly|largely|primarily|overwhelmingly|heavily|majority|all|nearly all|almost all|very|increasingly|more)";

/** What is said in conversation that leads people to an area, or away from it, by who they are. */
export const steering: readonly Rule[] = [
  {
    ...base,
    id: "steering-fit",
    severity: "block",
    inQuestions: "review",
    phrases: [
      "(you|you'd|you'll|they|they'd|they'll|he|she|he'd|she'd|family|we|we'd|clients|i|i'd) ~2 (fit|blend) (right)? in (better|well|there|here|with|nicely|more|.|around)",
      "(fit|blend) in (better|more easily) (in|there|here|with|around|at)?",
      "(wouldn't|won't|not|don't|doesn't|never) (really)? (fit|blend|belong) (in)? (there|here|with|in|.)",
      "(feel|be|are|is) (more|much more|most|a lot more) (comfortable|at home|welcome|at ease) (in|there|here|around|among|with|over|living)",
      "(feel|be) (right)? at home (among|around|with) (people|your|others|folks|families|the)",
      "(better|good|great|perfect|natural|right) (fit|match) for (people|families|someone|folks|buyers|a family|a couple) (like|of|from|with)",
      "(people|families|folks|others|neighbors|buyers|residents) (like|similar to|just like) (you|us|them|yourself|yourselves|your family|me)",
      "(your|their|his|her|our) (own)? (kind|own kind|people|own people|sort)",
      "(of|with|share|shares|from|around) (your|the same|similar|a similar|their|our) ~1 (background|culture|faith|ethnicity|heritage|race|religion|backgrounds|nationality)",
      "(right|wrong|better|certain|different|good|same|sort|proper) (kind|kinds|sort|type|types|class|caliber) of (people|neighbors|buyers|tenants|families|folks|person|residents|crowd|element)",
      "(right|wrong|rough|bad|better|certain) (crowd|element)",
      "(stick|stay|live|be) (with|among|around|near) (your|their|his|her) (own|own kind|people|community)",
      "(where|which) ~1 (your|their) (community|people|kind) (live|lives|is|are)",
    ],
    unless: ["(furniture|table|sofa|couch|bed|car|truck|suv|piano|budget|price|style|colors|boat|rv)"],
    message: "It leads people to an area, or away from it, by who they are.",
    suggestion: "Let the client name price, size, commute and features, and show every home that meets them.",
  },
  {
    ...base,
    id: "steering-avoid",
    severity: "block",
    inQuestions: "review",
    phrases: [
      "(i'd|i would|you should|you'd better|better to|best to|best|you'd want to|you want to|you may want to|you might want to|would|they should|we should|just|clients should|to|and|recommend you|families should) (definitely|really|probably|just)? (avoid|stay away from|steer clear of|stay out of|skip|keep away from|stay clear of) (the|that|this|those|anything|any|areas|neighborhoods|around|living|looking|buying|most)? ~3 (<area>|side|end|north|south|east|west|there|neighborhoods|downtown|of)",
      "(wouldn't|would not|don't|do not|shouldn't|should not|never) (want to|recommend|advise|let you|feel safe|feel comfortable|go|walk|live|look|buy|raise|be|even) ~3 (live|living|buy|buying|look|looking|out|raise|move|walk|there|in that (area|neighborhood)|around there|that (area|neighborhood))",
      "(bad|rough|rougher|sketchy|dangerous|unsafe|dicey|shady|seedy|scary|questionable|undesirable|less desirable|not so nice|iffy|bad reputation|crime ridden|troubled|declining|blighted) (<area>|side|part|end|spot|crowd)",
      "(area|neighborhood|neighbourhood|street|block|part of town|side of town|it|that side|side|there|it's|community) (is|gets|can be|has gotten|has become|isn't|is not|was|has been)? (a bit|kind of|pretty|very|getting|really|so|not|a little|quite|too|known to be|considered)? (sketchy|dangerous|unsafe|rough|shady|dicey|seedy|ghetto|scary|safe at night)",
      "(not|isn't|aren't|never|n't) (a|an|the|such a|in a|the best|very|really|a very|so)? (safe|good|nice|great|desirable|best) (<area>|side|part of town|street|block|place to (live|walk)|for (women|families|kids|single women))",
      "(high|higher|rising|lots of|more|a lot of|too much|serious|bad|terrible|heavy) (crime|gang activity|drug activity|violence|break ins|gangs)",
      "(changing|turning|transitioning) (neighborhood|neighbourhood|area)",
      "(neighborhood|neighbourhood|area|block) (is|has been|keeps|was|started|are) (changing|turning|going downhill|changed|not what it used to be|going)",
      "(before|until|since|when|now that|if) (more|too many|all the|the|those)? ~1 (minorities|immigrants|blacks|hispanics|latinos|muslims|asians|they|those people|whites|foreigners) (started|start|are|have|keep|moved|move|moving|came|come|took|take) ~1 (moving|in|into|moved|coming|over)?",
      `${group} ~2 (are|have been|keep|started|is) (moving in|moving into|taking over|buying up)`,
      "(those|these|that kind of|certain) people (live|move|are|moving|in|there|who)",
      "(property|home) values ~6 (minorities|immigrants|<race> families|section 8|integrated|<originplural>|<races>|those people)",
    ],
    message: "It leads people away from an area.",
    suggestion: sources,
  },
  {
    ...base,
    id: "steering-demographics",
    severity: "block",
    inQuestions: "review",
    phrases: [
      `(schools|school|neighborhood|neighbourhood|area|community|block|street|building|residents|neighbors|students|buyers|population|complex|town|suburb|people|families|crowd|it's|they're|is|are|that's|being|demographic|there) ~3 ${mostly} ~1 ${group}`,
      `${mostly} ${group} (neighborhood|neighbourhood|area|community|families|people|school|schools|residents|population|part of town|kids|students|enclave|suburb|section|household|households|and)`,
      `(a lot|lots|plenty|full|large number|many|tons|mix|influx|majority|percent|%|percentage|number|concentration|hub) (of|for)? (a|the)? ~1 ${group} (families|people|residents|kids|students|households|population|buyers|neighbors|live|living|there|around|here|in|.)`,
      `(large|big|growing|strong|vibrant|significant|sizable|small|tight knit|thriving|active|well established|established|huge) ${group} (population|community|presence|families|neighborhood)`,
      `(popular|great|good|favorite|loved) (with|among|by|amongst) ~1 ${group} (families|people|buyers|couples|residents)?`,
      "(mostly|mainly|predominantly|largely|primarily|full of|all|overwhelmingly) ~1 (families|young families|families with (kids|children)|retirees|seniors|older people|older folks|singles|single people|married couples|young couples|empty nesters|professionals|white collar people|gay couples|married people|elderly people) ~2 (live|there|here|in|around|on|who|who live|neighborhood|area|.)?",
      "(fewer|less|not many|hardly any|very few|no) (minorities|immigrants|blacks|hispanics|latinos|muslims|renters and|section 8 people|foreigners|asians|jews)",
      "(racial|ethnic|religious|racially|ethnically) (makeup|make up|mix|composition|breakdown|balance) (is|of|there|shows|has|in)",
      `# (%|percent) ~1 ${group}`,
      `${group} (families|people|couples|residents|clients|buyers)? (tend to|usually|often|generally|typically|mostly|prefer to|like to) (live|buy|settle|move|look|go|choose|prefer|rent|stay)`,
      "(neighborhood|area|schools|community|block|it|there) ~2 (has|have|with) (good|better|very little|little|not much|too much|lots of|a lot of|no|some|enough) diversity",
    ],
    unless: [
      "(restaurant|restaurants|grocery|groceries|food|cuisine|market|markets|cabinets|cabinetry|marble|kitchen|tile|walls|trim|appliances|counters|countertops|furniture|paint|paper|brick|oak|lanterns|architecture)",
    ],
    message: "It describes who lives in an area.",
    suggestion: sources,
  },
  {
    ...base,
    id: "steering-request",
    severity: "block",
    phrases: [
      `(exclude|excluding|except|filter out|leave out|weed out|keep out|screen out|skip|remove|omit|not to|avoid|no) ~2 (<races>|<faithful>|<originplural>|${group} (names|people|clients|leads|buyers|families|tenants|applicants)|families with (children|kids)|leads with (kids|children)|clients with (kids|children)|single mothers|disabled people|people with disabilities|section 8 tenants|names that sound ~1)`,
      `(only|just) (show|send|market|advertise|rent|sell|offer|pitch|mail|target|email|list) ~4 (to|for)? ~1 (<races>|<faithful>|<originplural>|${group} (people|clients|leads|buyers|families|tenants|areas|neighborhoods|applicants)|families without (kids|children)|childless|married)`,
      `(don't|do not|never|stop|without) (show|showing|send|sending|market|marketing|sell|selling|rent|renting|offer|offering|tell|mention|mentioning) ~4 to ~1 (<races>|<faithful>|<originplural>|${group} (people|clients|leads|buyers|families|tenants|applicants)|families|disabled|people with disabilities|anyone with kids)`,
      `(show|find|send|want|get|look for|looking for|searching for|search for|prefer|list) ~4 (in|with) ~2 (white|black|asian|christian|jewish|catholic|muslim|hispanic|latino|chinese|korean|indian|russian|non minority|same race) ~1 (areas|area|neighborhoods|neighborhood|communities|community|neighbors|part of town|district|schools|families)`,
      `(away from|far from|not near|not close to|nowhere near|not around|not too close to) ~2 (<races>|<faithful>|<originplural>|${group} (people|families|neighborhoods|neighbors|areas|neighborhood|area|community)|low income housing|section 8)`,
    ],
    message: "It asks to choose or leave out people, or areas, by a protected trait.",
    suggestion: "Choose by price, size, place and features that the client named.",
  },
  {
    ...base,
    id: "steering-safety",
    severity: "review",
    phrases: [
      "<very>? (safe|safest|safer|secure) (<very>)? ~1 (<area>|place to live|place to raise|place for|part|for (us|me|you|a|my|our|kids|children|women|families|your|single|walking|the kids|raising|an|them|her|someone)|at night|to (walk|live|raise|be)|there|to walk)",
      "(area|neighborhood|neighbourhood|street|it|there|block|part of town|that|side|this|community|place|downtown|park|complex|town|building) (is|are|feels|be|really|isn't|still|considered|that)? <very>? (safe|safer|safest|secure|dangerous|unsafe|rough|sketchy)",
      "(how|is|are|isn't|feel|feels) (it|that|this|the|they|there|we|i|she)? ~2 (safe|safety|dangerous|unsafe|sketchy)",
      "(crime|safety|crimes) (rate|rates|statistics|stats|level|levels|figures|is|like|there|problem|problems|issue|concern|concerns|numbers|score|free|in|around|low|map|ranking)",
      "(low|lower|lowest|no|little|almost no|zero|minimal|much|any|free of|without|about|less) (crime|gang|gangs|gang activity|violent crime)",
      "(is|are) (it|that|this|there|the) ~4 (bad|rough|sketchy|dangerous|good|nice|sketch|shady|decent) (neighborhood|area|part of town|side of town|street|block|neighbourhood)",
      "(good|nice|decent|bad) (neighborhood|area|part of town|side of town|neighbourhood) (for|to) (us|me|you|kids|a family|families|raise|my family|our kids|people)",
    ],
    unless: [
      "(safe|secure) (deposit|box|room|harbor|parking|building entry|entry|garage|storage|bike)",
      "(pool|child|fire) safety",
      "safety (features|rails|gate|inspection|glass|bars)",
      "(security|secure) (system|entrance)",
    ],
    message: "An agent does not judge how safe an area is: it leads to steering.",
    suggestion: sources,
  },
  {
    ...base,
    id: "steering-residents",
    severity: "review",
    phrases: [
      "(who|who else|which people|what people) (lives|live|is living|are living|mostly lives|typically lives|usually lives|are the neighbors|are the people|moves|is moving|buys|rents|will be living|generally lives) (there|here|in|on|around|near|nearby|next|into|mostly|.)?",
      "who (are|is) ~2 (neighbors|neighbours|residents|buyers moving in|people there|people who live)",
      "(what|which) (kind|kinds|sort|type|types|sorts) of (people|families|folks|neighbors|crowd|residents|buyers|person|neighbours|renters|tenants|demographic)",
      "(demographics|demographic|racial makeup|ethnic makeup|ethnic mix|racial mix|racial composition|religious makeup|ethnicity|ethnic composition|ethnicities|racial breakdown)",
      "(how|is|are|more|very|really|less|too|not|so|pretty|fairly|quite) (it|the|that|they)? ~2 diverse",
      "(are|is) there (many|any|a lot of|lots of|other|enough|a|more|also) ~2 (families|kids|children|<race>|<religious>|<origin>|<originplural>|<faithful>|young people|gay|retirees|singles|immigrants|students|renters)",
      "(lots|plenty|many|a lot|full|tons|filled with) (of)? ~1 (young families|families with kids|families with children|kids|children|young professionals|retirees|singles|young couples|older people|students)",
      "(good|great|best|better|top|top rated|top ranked|excellent|bad|worst|poor|terrible|decent|strong|highly rated|award winning|high performing|failing|blue ribbon|sought after|coveted|desirable|nice) (public|elementary|high|local|middle)? (schools|school|school district|school districts|school system)",
      "(schools|school|school district) (any)? (good|are|is|there|like|in that area|rated|ranked|quality|any good|ratings|rating) (good|great|better|bad|terrible|excellent|like|any good|top|safe|strong|decent|rated|ranked|poor|best)?",
      "(would|will|do|could|can) (i|we|he|she|they|my family|a|an|someone) ~3 (feel|be) (welcome|comfortable|accepted|safe|out of place|at home)",
      "(feel|be) (welcome|comfortable|accepted|out of place) (there|here|in|as)",
      "(for|to|around) (people|families|folks|someone) like (us|me|them)",
      "(like minded|similar backgrounds|similar values|same values|tight knit|close knit) (people|neighbors|families|community|residents|neighborhood|folks)?",
      "(gentrifying|gentrified|gentrification|up and coming|transitional) ~1 (neighborhood|area|part|.)?",
      "(gay|lgbt|lgbtq|queer) (neighborhood|area|community|friendly|district|bars)",
    ],
    unless: [
      "(who|what) lives (in the|in your|in) (crm|database|pipeline)",
      "(client|clients|lead|leads|contacts|buyers|sellers) ~3 (who|that|with|in (my|our|the) (crm|pipeline|database|list))",
      "(my|our) (clients|leads|contacts|buyers|sellers|pipeline|crm|listings)",
    ],
    message: "It asks or says who lives in an area, or judges its schools: an answer leads to steering.",
    suggestion: sources,
  },
];
