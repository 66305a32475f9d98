import type { Phrase } from "../phrase-syntax.ts";

const not =
  "(not|no longer|never|don't|doesn't|won't|wouldn't|can't|cannot|didn't|isn't|aren't|refuse to|refuses to|refused to|unwilling to|declines to|decline to|rather not|hesitant to|reluctant to|stop|without)";
const dealing =
  "(rent|rents|renting|sell|sells|selling|lease|leasing|show|showing|market|marketing|cater|catering|accept|accepting|take|taking|allow|allowing|want|wants|wanting|consider|considering|have|having|house|approve|approved|welcome|permit|rented|sold|see|seeing|let|letting|comfortable with|interested in|taking applications from|accepting applications from)";

/** How texts shut out a group of people, whichever it is. */
export const shutsOut = (group: Phrase): Phrase[] => [
  `no (more|other)? ${group} `,
  `no (pets|smokers|smoking|dogs|cats|parties|students|drugs) (,|or|and|nor|, or|, and|, no|or no|and no|no) ${group}`,
  `${not} ~2 ${dealing} ~2 (to|for|in|with)? ~2 ${group}`,
  `not (for|to|intended for|open to|available to|right for|suitable for|meant for) ~1 ${group}`,
  `${group} ~1 (are|is|will be|would be|were)? (not|never|n't) ~1 (welcome|welcomed|accepted|allowed|permitted|considered|wanted|eligible|apply|a good fit|a fit|desired|invited|approved|suitable|preferred)`,
  `${group} (need|should|must|may|can|do|will) not ~1 (apply|inquire|call|rent|live|buy|bother|expect|reply)`,
  `${group} (aren't|isn't|can't|cannot|won't|shouldn't|needn't|don't) ~1 (welcome|accepted|allowed|permitted|considered|wanted|eligible|apply|be|live|rent|buy|belong)`,
  `${group} ~1 (prohibited|forbidden|excluded|barred|banned|discouraged|unwelcome|should look elsewhere|turned away|rejected)`,
  `${group} ~1 (will be|are|is|get|gets|would be|were|be) (declined|rejected|denied|refused|turned down|screened out|discouraged|excluded)`,
  `free (of|from) ~1 ${group}`,
  `(exclude|excludes|excluding|keep out|bars|ban|bans|banning|discourage|discourages|turn away|turns away|reject|rejects|screen out|screens out|weed out|keep away|filter out|get rid of|except|except for) ~2 ${group}`,
  `(problems|trouble|issues|bad experience|bad experiences|bad luck) with ~1 ${group}`,
  `(anyone|anybody|everyone|everybody|all) (but|except) ~1 ${group}`,
];

/** How texts ask for a group of people, whichever it is. */
export const wants = (group: Phrase): Phrase[] => [
  `${group} (only|preferred|wanted|desired|sought|strongly preferred|highly preferred|please|given preference|encouraged)`,
  `(only|strictly|exclusively|solely) ~1 (for|to|rent to|sell to|accepts|accepting|considering|looking for|renting to|selling to|open to)? ~1 ${group}`,
  `(prefer|prefers|preferring|preference for|preference to|preference is for|preferably|favors|hoping for|hopes for|seeking|seeks|looking for|looks for|searching for|reserved for|limited to|restricted to|intended for|geared toward|geared towards|geared to|marketed to|targeting|targeted at|aimed at|catering to|caters to|suits|would suit|appeals to|welcomes only|holding out for) ~2 (to|for|of|at)? ~1 ${group}`,
  `(want|wants|wanted|wish|wishes|hope|hopes|like|likes|love|prefer|prefers|rather|hoping|wanting) ~1 (to)? (rent to|sell to|see|have|find|rent it to|sell it to|lease to|keep it to|get) ~2 ${group}`,
  `(want|wants|wanted) (a|an|only|some|nice|good|to have)? ~1 ${group}`,
  `(tenant|buyer|renter|roommate|applicant|occupant|owner) ~1 (is|should be|must be|will be|would be) ~1 ${group}`,
  `<suited> (home|house|apartment|condo|place|unit|spot|choice|option|location|property|townhouse|floor plan|retreat)? (for|to) ~2 ${group}`,
];
