import type { Vocabulary } from "../phrase-syntax.ts";

/** Words of a kind, separated by commas. */
const list = (words: string): string[] => words.split(",").map((word) => word.trim());

/** Kinds of words that rules name. */
export const vocabulary: Vocabulary = {
  children: list(
    "children, kids, infants, babies, toddlers, minors, teenagers, teens, youngsters, little ones, newborns, " +
      "small children, young children, small kids, young kids, little kids, school age children, school age kids, kiddos",
  ),
  child: list("child, kid, baby, infant, toddler, minor, teenager, newborn"),
  families: list(
    "family, families, family with (children|kids), families with (small|young)? (children|kids), parents, " +
      "moms, mothers, dads",
  ),
  household: list(
    "mom and dad, couple, couples, single person, single people, singles, bachelor, bachelors, bachelorette, empty nester, " +
      "empty nesters, newlywed, newlyweds, retiree, retirees, retired couple, retired couples, newlywed couple, " +
      "single adult, single adults, single mom, single mother, single parent, single parents, adults, dinks",
  ),
  people: list(
    "people, person, persons, folks, tenant, tenants, renter, renters, buyer, buyers, applicant, applicants, " +
      "occupant, occupants, resident, residents, household, households, individual, individuals, family, families, " +
      "couple, couples, neighbor, neighbors, neighbour, neighbours, roommate, roommates, lodger, client, clients, " +
      "owner, owners, homeowners, gentleman, lady, landlord, newcomers, folk, student, students, population, adults, vegetarians, professionals, seller",
  ),
  area: list(
    "neighborhood, neighborhoods, neighbourhood, neighbourhoods, community, communities, area, areas, enclave, district, suburb, " +
      "suburbs, section, part of town, side of town, block, blocks, street, streets, town, subdivision, development, " +
      "complex, building, city, zip code, zip codes, school, schools, school district",
  ),
  place: list(
    "neighborhood, neighborhoods, neighbourhood, neighbourhoods, community, communities, enclave, suburb, suburbs, subdivision, " +
      "area, areas, part of town, side of town, zip code, zip codes, schools, school, school district, district",
  ),
  suited: list(
    "perfect, ideal, great, best, excellent, suited, well suited, best suited, perfectly suited, ideally suited, suitable, designed, made, tailor made, " +
      "wonderful, just right, geared, meant, fantastic, awesome, intended, reserved, exclusively, catering, marketed, " +
      "ideally, perfectly, good, targeted, built, dream home, dream house, paradise, haven, priced right, right",
  ),
  very: list(
    "very, really, quite, pretty, so, super, extremely, fairly, more, rather, relatively, incredibly, too",
  ),
  kind: list(
    "young, growing, large, big, small, nice, busy, active, married, retired, mature, older, quiet, childless, " +
      "professional, expanding, multigenerational, traditional, any, every, new, blended, larger, first",
  ),
  a: list("a, an, the, your, any, all, every, our, those, that"),
  race: list(
    "white, whites, anglo, anglos, black, blacks, african american, african americans, caucasian, caucasians, asian, asians, " +
      "people of color, persons of color, colored, coloreds, negro, negroes, native american, native americans, " +
      "minority, minorities, nonwhite, non white, non whites, biracial, interracial, mixed race, african, africans",
  ),
  raceadjective: list(
    "white, black, african american, caucasian, asian, asian american, colored, negro, native american, minority, nonwhite, " +
      "non white, biracial, interracial, mixed race, anglo",
  ),
  races: list(
    "whites, anglos, blacks, african americans, caucasians, asians, people of color, persons of color, black people, " +
      "white people, asian people, colored people, coloreds, negroes, native americans, minorities, non whites, black families, white families",
  ),
  religious: list(
    "christian, catholic, jewish, muslim, islamic, hindu, buddhist, mormon, lds, protestant, evangelical, sikh, " +
      "baptist, lutheran, methodist, orthodox, hasidic, church going, churchgoing, god fearing, religious, atheist, non christian, non jewish",
  ),
  faithful: list(
    "christians, catholics, jews, jewish people, muslims, hindus, buddhists, mormons, protestants, evangelicals, " +
      "sikhs, baptists, atheists, jehovah's witnesses, believers, non believers, nonbelievers, non christians, " +
      "churchgoers, muslim families, jewish families, christian families, catholic families",
  ),
  origin: list(
    "hispanic, latino, latina, latinx, mexican, chinese, korean, indian, irish, polish, arab, vietnamese, filipino, " +
      "russian, ukrainian, puerto rican, cuban, haitian, somali, ethiopian, nigerian, japanese, middle eastern, " +
      "eastern european, european, american, foreign, immigrant, pakistani, iranian, persian, italian, german, " +
      "greek, south asian, central american, guatemalan, salvadoran, dominican, ethnic",
  ),
  originplural: list(
    "hispanics, latinos, mexicans, chinese, koreans, indians, arabs, vietnamese, filipinos, russians, ukrainians, puerto ricans, " +
      "cubans, haitians, somalis, ethiopians, nigerians, immigrants, foreigners, aliens, illegals, illegal aliens, " +
      "non citizens, noncitizens, refugees, foreign nationals, foreign born, migrants, europeans, middle easterners, " +
      "hispanic families, immigrant families, foreign buyers, foreign tenants, italians, irish",
  ),
  disabled: list(
    "wheelchairs, wheelchair, wheelchair users, handicapped, handicapped people, disabled, disabled people, disabled persons, disabled tenants, " +
      "mentally ill, mental illness, mental illnesses, mental health issues, mental issues, cripples, invalids, disabilities, disability, " +
      "people with disabilities, persons with disabilities, tenants with disabilities, anyone with a disability, mobility impaired, walkers or wheelchairs, wheelchairs or walkers, " +
      "blind people, deaf people, the blind, the deaf, hiv, aids, mobility scooters, " +
      "mobility (issues|problems|impairments|limitations|aids), (mental|psychiatric|psychological|emotional) (health)? (illness|illnesses|issues|issue|problems|problem|disorder|disorders|conditions|condition|history), physical (disabilities|limitations|handicaps|impairments), " +
      "physical limitations, special needs, autistic, schizophrenics, group homes, recovering addicts, oxygen tanks, physically challenged, mentally disabled, physically disabled",
  ),
  sexes: list(
    "men, women, gentleman, lady, gal, males, females, man, woman, male, female, gentlemen, ladies, guys, girls, boys, gents, gals",
  ),
  // A sentence with one of these is about housing for older persons (42 USC 3607(b)).
  older: list(
    "(55|62|fifty five|sixty two) (+|plus|and (over|older|up|better|above)|or (over|older|better|above)|years), " +
      "age restricted, age qualified, active adult, active adults, housing for older persons, retirement community, " +
      "senior community, senior living, senior housing, 55plus, 62plus",
  ),
};
