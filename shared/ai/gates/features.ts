import type { Span } from "./finding.ts";
import type { Phrase } from "./phrase-syntax.ts";
import { findAll, type Phrasebook, phrasebook } from "./phrases.ts";
import { isStop, tokensOf } from "./tokens.ts";

/** A feature that a text claims: `pool`, `view of water`, `near a park`. */
export interface Feature {
  readonly name: string;
  readonly span: Span;
  readonly denied: boolean;
}

const body = "(lake|water|ocean|sea|sound|bay|river|harbor|canal|pond|creek)";
/** Features and how texts say them. What every home has, such as a kitchen, is not among them. */
export const features: Readonly<Record<string, readonly Phrase[]>> = {
  pool: [
    "(swimming|heated|lap|plunge|saltwater|salt water|inground|in ground|infinity) ~1 pool",
    "pool",
    "pools",
  ],
  "hot tub": ["hot tub", "jacuzzi", "(outdoor|private|in ground) spa", "spa (tub|pool)"],
  view: [
    "(territorial|panoramic|sweeping|stunning|breathtaking|partial|peek a boo|peekaboo|great|amazing|gorgeous|unobstructed|spectacular|expansive|beautiful|commanding|scenic|lovely|open|incredible|degree|valley|sunset|treetop|garden|greenbelt) (view|views)",
    "views",
    "view (home|lot|property|deck)",
    "with (a|its)? view",
    "a view",
  ],
  "view of water": [
    `${body} ~1 (view|views)`,
    `(view|views) (of|over|across|to|toward) (the|a)? ~2 ${body}`,
    "(views|view) of (puget|elliott|lake) ",
  ],
  "view of mountains": [
    "(mountain|mountains|mt|mount|cascade|cascades|olympic|olympics|rainier|peak) ~1 (view|views)",
    "(view|views) (of|over|across|to|toward) (the|a)? ~1 (mountain|mountains|mt|mount|cascades|olympics|rainier|peaks|foothills)",
  ],
  "view of the city": [
    "(city|skyline|downtown|space needle) ~1 (view|views)",
    "(view|views) (of|over|across|to|toward) (the|a)? (city|skyline|downtown|space needle)",
  ],
  "golf course": [
    "golf course (view|views|frontage|home|lot)",
    "on (the|a)? ~1 golf course",
    "fairway (view|views|frontage)",
  ],
  waterfront: [
    "waterfront",
    "water front",
    "lakefront",
    "lake front",
    "riverfront",
    "oceanfront",
    "ocean front",
    "beachfront",
    "beach front",
    "bayfront",
    "(private|sandy) beach",
    "on the (water|lake|river|beach)",
    "water access",
    "beach access",
  ],
  dock: ["(private|deep water|shared)? dock", "boat (slip|lift|launch|ramp)", "moorage"],
  garage: ["garage", "garages"],
  carport: ["carport"],
  "off-street parking": [
    "(off street|offstreet|assigned|covered|deeded|underground|secured|reserved|gated|private) (parking|parking space|parking spot)",
    "parking (space|spaces|spot|spots)",
    "rv parking",
    "boat parking",
    "driveway parking",
  ],
  "charger for electric cars": [
    "(ev|car|tesla|electric vehicle|level 2|electric car) (charger|charging|charging station|outlet)",
  ],
  fireplace: ["fireplace", "fireplaces", "gas insert"],
  "gas fireplace": ["gas (fireplace|fireplaces|insert)"],
  "wood-burning fireplace": ["wood burning (fireplace|fireplaces)"],
  "wood stove": ["(wood|pellet) (stove|stoves)", "woodstove", "wood burning stove"],
  "fire pit": ["fire pit", "firepit"],
  "hardwood floors": [
    "(hardwood|hardwoods|oak|wood|wide plank|fir|maple|walnut|bamboo|cherry|plank|engineered) (floor|floors|flooring|hardwoods|hardwood)",
    "hardwoods",
    "hardwood",
  ],
  "tile floors": ["(tile|tiled|slate|travertine|terrazzo) (floor|floors|flooring)"],
  carpet: ["carpet", "carpeting", "carpeted", "carpets"],
  "granite counters": ["granite"],
  "quartz counters": ["quartz"],
  "marble counters": ["marble"],
  "stone counters": [
    "(stone|solid surface|quartzite|soapstone|concrete) ~1 (counter|counters|countertop|countertops|surfaces|tops)",
    "quartzite",
    "soapstone",
  ],
  "butcher block": ["butcher block"],
  "stainless steel appliances": [
    "stainless ~3 (appliances|appliance|kitchen)",
    "stainless steel",
    "stainless",
  ],
  "named appliances": [
    "(viking|wolf|sub zero|bosch|miele|thermador|kitchenaid|ge profile|samsung|lg|smeg|fisher paykel)",
  ],
  "gas cooking": [
    "gas (range|stove|cooktop|cooking)",
    "chef's (kitchen|range)",
    "double ovens",
    "double oven",
    "induction (range|cooktop)",
  ],
  "kitchen island": [
    "(kitchen|center|large|big|eat in|cook's|prep|waterfall|huge|massive) island",
    "island (seating|kitchen)",
  ],
  pantry: ["pantry"],
  "breakfast nook": ["breakfast (nook|bar|area|room)", "eat in kitchen"],
  "walk-in closet": ["walk in (closet|closets|wardrobe)", "walk in"],
  "primary suite": [
    "(primary|master|owner's|owners) (suite|retreat|wing)",
    "(ensuite|en suite|five piece) (bath|bathroom)?",
    "(primary|master) (bath|bathroom)",
  ],
  "soaking tub": [
    "(soaking|clawfoot|claw foot|jetted|freestanding|free standing|spa|garden) (tub|bathtub)",
    "steam shower",
    "rain shower",
    "(heated|radiant) (floor|floors|bathroom floor|bathroom floors|flooring)",
    "double (vanity|vanities|sinks)",
    "dual (vanity|vanities|sinks)",
  ],
  skylights: ["skylight", "skylights"],
  "high ceilings": [
    "(high|vaulted|cathedral|soaring|coffered|tall|beamed|tray|10 foot|ten foot|9 foot|nine foot|12 foot|lofty) ~1 (ceiling|ceilings)",
    "vaulted",
  ],
  woodwork: [
    "crown (molding|moldings|moulding)",
    "wainscoting",
    "wainscot",
    "(original|period|custom) (woodwork|millwork|trim|moldings|details)",
    "picture (rail|rails)",
    "exposed (beams|brick)",
    "exposed beams",
    "shiplap",
  ],
  "built-ins": [
    "built ins",
    "built in (shelves|shelving|cabinets|bookcases|bookshelves|desk|bench|hutch|buffet|china cabinet|storage|seating|bookcase)",
    "window (seat|bench)",
  ],
  "special windows": [
    "(bay|picture|leaded|stained|leaded glass|stained glass) (window|windows|glass)",
    "(double|triple|dual) pane",
    "floor to ceiling (windows|glass)",
    "wall of (windows|glass)",
    "walls of (windows|glass)",
    "(plantation) shutters",
  ],
  "french doors": ["french doors", "(sliding|folding|pocket|barn) (glass)? (door|doors)", "nanawall"],
  "open floor plan": ["open (floor plan|floorplan|plan|concept|layout|living)", "open floor"],
  "family room": [
    "(family|rec|recreation|media|bonus|flex|game|play|great|mud) room",
    "rec room",
    "playroom",
    "mudroom",
  ],
  "formal dining room": ["formal (dining|living) (room)?"],
  office: ["(home|private|dedicated|separate) (office|study)", "office", "study"],
  den: ["den"],
  library: ["(home|private|paneled|built in) library"],
  sunroom: [
    "sunroom",
    "sun room",
    "solarium",
    "conservatory",
    "(three|four) season room",
    "3 season room",
    "screened (porch|patio|in porch)",
  ],
  basement: ["basement", "daylight basement", "crawl space"],
  "finished basement": ["(finished|fully finished|partially finished) ~1 basement"],
  attic: ["attic"],
  loft: ["loft", "mezzanine"],
  "second unit": [
    "(mother|father|parents) in law (suite|apartment|unit|cottage|quarters|setup)?",
    "adu",
    "dadu",
    "accessory dwelling",
    "(guest|carriage) (house|cottage|suite|quarters)",
    "casita",
    "in law (suite|unit|apartment|quarters)",
    "(rental|second|income|separate) (unit|units)",
    "backyard cottage",
    "separate entrance",
  ],
  laundry: [
    "(in unit|main floor|upstairs|second floor|main level|dedicated|separate) (laundry|washer)",
    "laundry (room|area|closet|chute)",
    "washer (and|,) dryer",
    "washer",
  ],
  "air conditioning": [
    "air conditioning",
    "air conditioned",
    "(central|mini split) (air|ac|a c|a , c)",
    "a , c",
    "ac",
    "mini split",
    "mini splits",
    "minisplit",
    "heat pump",
    "central air",
  ],
  heating: [
    "(radiant|forced air|hydronic|gas|baseboard|in floor|oil) (heat|heating)",
    "radiant heating",
    "radiant heat",
    "forced air",
    "gas furnace",
    "gas heat",
    "boiler",
  ],
  "tankless water heater": ["tankless", "on demand (hot water|water heater)"],
  "solar panels": ["solar", "photovoltaic"],
  "smart home": [
    "smart (home|thermostat|lock|locks|house)",
    "nest thermostat",
    "security (system|cameras)",
    "alarm system",
  ],
  deck: ["deck", "decks", "rooftop (deck|terrace|patio)", "roof deck"],
  "roof deck": ["(rooftop|roof|roof top) (deck|terrace|patio|garden)"],
  patio: ["patio", "patios", "terrace", "courtyard", "lanai"],
  porch: ["porch", "veranda", "verandah"],
  balcony: ["balcony", "balconies"],
  "garden structure": [
    "pergola",
    "gazebo",
    "greenhouse",
    "chicken coop",
    "tree house",
    "treehouse",
    "play structure",
    "outdoor kitchen",
    "garden shed",
    "tool shed",
    "shed",
  ],
  "fenced yard": ["(fully|completely)? fenced", "fence", "privacy fence"],
  garden: [
    "(landscaped|mature|english|rose|vegetable|lush|japanese|terraced|raised|professional|professionally) ~1 (garden|gardens|landscaping|beds|landscaped|grounds)",
    "landscaped",
    "raised beds",
    "(fruit|apple|plum|cherry|pear|fig|mature|citrus) (tree|trees)",
    "orchard",
    "gardens",
    "pond",
    "water feature",
    "fountain",
  ],
  irrigation: ["(sprinkler|irrigation) (system)?", "sprinklers"],
  workshop: ["workshop", "(detached|art|artist's) (shop|studio)", "shop building"],
  "farm buildings": [
    "barn",
    "stable",
    "stables",
    "horse (property|facilities|barn)",
    "paddock",
    "paddocks",
    "pasture",
  ],
  "corner lot": ["corner (lot|unit|home)", "end unit"],
  "cul-de-sac": ["cul de sac", "dead end street"],
  "level lot": ["(level|flat|oversized|double|wooded|private) lot", "greenbelt", "backs (up)? (to|onto) ~3"],
  "gated community": ["gated", "guard gated"],
  association: ["no hoa", "hoa", "homeowners association", "hoa dues", "low dues"],
  clubhouse: ["clubhouse", "club house", "community center"],
  gym: ["gym", "fitness (center|room)", "exercise room"],
  elevator: ["elevator", "elevators"],
  concierge: ["concierge", "doorman", "front desk"],
  storage: [
    "(extra|storage|additional|ample|abundant|lots of|secure|tons of) storage",
    "storage (unit|room|locker|space)",
  ],
  "wine cellar": ["wine (cellar|room|fridge|refrigerator)", "wet bar"],
  sauna: ["sauna", "steam room"],
  "home theater": ["home (theater|theatre|cinema|gym)", "media room", "theater room"],
  "sports court": ["(tennis|sport|sports|pickleball|basketball|bocce) (court|courts)"],
  "new construction": [
    "(new|brand new) (construction|build|home|house|townhome|townhouse|condo)",
    "newly (built|constructed)",
    "brand new",
  ],
  "one level": [
    "(single|one) (level|story|storey) ~1",
    "(two|three|2|3) (level|story|storey|stories|levels)",
    "(single|one) floor living",
    "split level",
    "tri level",
    "no stairs",
  ],
  wheelchair: ["(wheelchair|ada|handicap) (accessible|ramp|access)", "step free", "grab bars"],
  craftsman: ["craftsman"],
  bungalow: ["bungalow"],
  rambler: ["rambler", "ranch (style|home|house)", "rancher"],
  colonial: ["colonial"],
  tudor: ["tudor"],
  victorian: ["victorian", "queen anne victorian", "edwardian"],
  "mid-century": ["mid century", "midcentury", "mcm"],
  farmhouse: ["farmhouse"],
  contemporary: ["contemporary", "modernist", "northwest modern"],
  "cape cod": ["cape cod"],
  brick: ["brick"],
  cottage: ["cottage"],
  furnished: ["(fully|partially)? furnished", "turnkey furnished"],
  historic: ["historic", "landmark (home|building)", "national register"],
  energy: ["energy (star|efficient)", "built green", "leed", "passive house", "net zero"],
  award: ["award winning"],
};

const to =
  "(walking distance (to|of)|steps (to|from|away from)|step from|minutes (to|from|away from|of)|minute (walk|drive|stroll|ride|bike ride) (to|from)|close to|near|nearby|blocks (to|from)|block (to|from)|walk to|walkable to|stroll to|easy access to|quick access to|next to|across (the street)? from|adjacent to|miles (to|from)|mile (to|from)|around the corner from|convenient to|access to|proximity to|short walk to|short drive to|stone's throw from|moments from|bike to|surrounded by|with access to)";
const places: Readonly<Record<string, string>> = {
  "near a park": "(park|parks|playground|playgrounds)",
  "near trails": "(trail|trails|hiking|bike path|bike paths|burke gilman)",
  "near shops":
    "(shop|shops|shopping|stores|mall|boutiques|retail|amenities|grocery|groceries|supermarket|market|farmers market|conveniences)",
  "near restaurants":
    "(restaurant|restaurants|dining|cafe|cafes|coffee|coffee shops|bars|breweries|eateries|nightlife)",
  "near schools": "(school|schools|elementary|high school|campus|university|college)",
  "near transit":
    "(transit|bus|bus stop|bus line|bus lines|buses|light rail|train|station|subway|metro|ferry|public transportation)",
  "near downtown": "(downtown|city center|town center|the city|urban core)",
  "near highways": "(freeway|freeways|highway|highways|interstate|i 5|i 90|405|520)",
  "near water": "(lake|lakes|beach|beaches|ocean|river|waterfront|marina|the sound|the water|shore)",
  "near an airport": "(airport)",
  "near a hospital": "(hospital|hospitals|medical center)",
  "near golf": "(golf|golf course)",
  "near a library": "(library|community center|museum|theater)",
  "near employers": "(microsoft|amazon|google|boeing|meta|tech campuses|major employers)",
};

/** What looks like a feature and is none, or is only possible. */
const none: readonly Phrase[] = [
  "pool (table|of)",
  "car pool",
  "(room|space|potential|possibility|possibilities|plans|plumbed|wired|ready|perfect spot|option|opportunity) (for|to add|to build|of) ~3 (pool|garage|adu|dadu|deck|sauna|ev|hot tub|office|workshop|shop|unit|cottage|rv|garden|gardens|island|bath|charger)",
  "(case|home|market|further|area) study",
  "(call|contact|visit) (our|the|my) office",
  "office (hours|of|is|at)",
  "(our|listing|leasing) office",
  "brick and mortar",
  "garage (sale|sales)",
  "to (view|deck|study|fence|furnish)",
  "(point|points) of view",
  "all hands on deck",
  "pending (inspection|review)",
  "(new|brand new) (home|house) (awaits|for you|search|owner|owners|buyer)",
  "your (brand)? new (home|house|condo|townhouse|townhome|chapter)",
  "open (house|living) (saturday|sunday|this)?",
];

interface Meaning {
  readonly name: string;
  readonly none?: true;
}
let book: Phrasebook<Meaning> | undefined;
function bookOf(): Phrasebook<Meaning> {
  const said = Object.entries(features).map(([name, phrases]) => ({ of: { name }, phrases }));
  const near = Object.entries(places).map(([name, nouns]) => ({
    of: { name },
    phrases: [
      `${to} ~2 ${nouns} ( (,|and|, and|or) ~1 ${nouns} )?`,
      `${nouns} (nearby|close by|around the corner|within walking distance|just (steps|minutes|blocks) away|next door|down the street|across the street)`,
    ],
  }));
  book ??= phrasebook<Meaning>([...said, ...near, { of: { name: "", none: true }, phrases: none }]);
  return book;
}

const denials = new Set(["no", "not", "without", "lacks", "never", "neither", "nor", "isn't"]);

/** The features that a text claims or denies, in its order. */
export function featuresIn(text: string): Feature[] {
  const tokens = tokensOf(text);
  const found = findAll(bookOf(), tokens);
  const nothing = found.filter(({ of }) => of.none);
  return found
    .filter(({ of, from, to }) => !of.none && !nothing.some((one) => one.from < to && from < one.to))
    .filter(
      ({ of, from, to }) =>
        !found.some(
          (one) => one.of === of && one.from <= from && to <= one.to && one.to - one.from > to - from,
        ),
    )
    .map(({ of, from, to }) => ({
      name: of.name,
      span: [tokens[from]!.span[0], tokens[to - 1]!.span[1]] as const,
      denied:
        of.name !== "association" &&
        tokens
          .slice(Math.max(0, from - 3), from)
          .some((token, index, lead) => denials.has(token.word) && !lead.slice(index).some(isStop)),
    }))
    .sort((one, other) => one.span[0] - other.span[0]);
}
