import type { CustomField } from "../../custom-field.ts";
import { type Claim, type Columns, claimsOf } from "../columns.ts";
import type { FileFields } from "../fields.ts";
import type { NumberKindName } from "../numbers.ts";
import { customFields } from "./custom.ts";

/**
 * What a column may hold, and the names it goes by: ours, and those of exports of Google Contacts (before and since
 * 2024), Outlook, Follow Up Boss, HubSpot and Salesforce, written without case, blanks and punctuation. Emails, phones
 * and their labels have numbered names, too.
 */
export const aliases = {
  name: ["name", "fullname", "displayname", "contactname", "clientname", "leadname", "contact", "fileas"],
  first_name: ["firstname", "givenname", "forename", "first", "fname"],
  middle_name: ["middlename", "additionalname", "middle"],
  last_name: ["lastname", "familyname", "surname", "last", "lname"],
  name_suffix: ["namesuffix", "suffix"],
  company: [
    ...["company", "companyname", "organization", "organizationname", "organization1name", "organisation"],
    ...["organisationname", "employer", "accountname"],
  ],
  email: ["moreemails", "additionalemailaddresses", "emailaddresses"],
  phone: ["morephones", "additionalphonenumbers", "phonenumbers"],
  label: [] as readonly string[],
  tags: ["tags", "tag", "labels", "groupmembership", "groups", "categories", "category"],
  lead_source: ["leadsource", "source", "originalsource", "contactsource"],
  nurture_status: [
    ...["nurturestatus", "leadtemperature", "temperature", "leadrating", "rating", "stage", "leadstage"],
    ...["contactstage", "status", "leadstatus", "contactstatus", "lifecyclestage"],
  ],
  last_contacted_at: [
    ...["lastcontactedat", "lastcontacted", "lastcontact", "lastcontactdate", "lastcontacteddate"],
    ...["datelastcontacted", "lastcommunication"],
  ],
  owner_email: ["owneremail", "contactowneremail", "assignedtoemail", "assignedagentemail", "agentemail"],
  country: [
    ...["country", "countrycode", "countryregion", "address1country", "homecountry", "homecountryregion"],
    ...["businesscountry", "businesscountryregion"],
  ],
  email_opt_out: [
    ...["emailoptout", "emailoptedout", "optedoutofemail", "hasoptedoutofemail", "optoutemail", "noemail"],
    ...["unsubscribed", "unsubscribedfromallemail", "emailunsubscribed", "donotemail", "donotsendemail"],
  ],
  call_opt_out: [
    ...["calloptout", "phoneoptout", "callsoptout", "optedoutofcalls", "optedoutofphone", "donotcall"],
    ...["donotphone", "dnc", "nocalls"],
  ],
  text_opt_out: [
    ...["textoptout", "smsoptout", "optedoutofsms", "optedoutoftexts", "hasoptedoutofsms", "donottext"],
    ...["donotsms", "notexts", "unsubscribedfromsms", "smsunsubscribed"],
  ],
  opt_out: ["donotcontact", "optout", "optedout", "donotmarket"],
  email_consent: ["consentemail", "consentemailstatus", "emailconsent", "emailoptin", "emailpermission"],
  call_consent: ["consentcall", "consentcallstatus", "callconsent", "phoneconsent", "calloptin"],
  text_consent: ["consenttext", "consenttextstatus", "textconsent", "smsconsent", "textoptin", "smsoptin"],
  source_system: ["sourcesystem", "sourcesystemname", "crm"],
  source_key: [
    ...["sourcekey", "id", "contactid", "personid", "leadid", "clientid", "recordid", "recordidcontact"],
    ...["hsobjectid", "externalid"],
  ],
} as const satisfies Record<string, readonly string[]>;

export type Field = keyof typeof aliases;
export const fields = Object.keys(aliases) as [Field, ...Field[]];

const known = claimsOf(aliases);

/** Kinds of emails and phones, those first that one is best reached by; a number behind the name counts within a kind. */
const kinds = [
  "|primary|preferred|main|best",
  "mobile|cell|cellular",
  "personal|private|home",
  "work|business|office|direct",
  "other|car|secondary|alternate|alternative|additional|companymain",
].map((names) => names.split("|"));

const email = /^([a-z]*?)emails?(?:address)?(\d{0,2})(?:address)?(?:value)?$/;
const phone =
  /^([a-z]*?)(?:phone|phonenumber|telephone|telephonenumber|tel|mobile|mobilephone|mobilenumber|mobilephonenumber|cell|cellphone|cellnumber)(\d{0,2})(?:number)?(?:value)?$/;
const label = /^(?:email|phone)\d{0,2}(?:type|label)$/;

function numbered(name: string): Claim | undefined {
  if (label.test(name)) return { field: "label", rank: 0 };
  for (const [field, form] of [
    ["email", email],
    ["phone", phone],
  ] as const) {
    const [, said, digits = ""] = form.exec(name) ?? [];
    if (said === undefined) continue;
    const word = said === "" && /^(mobile|cell)/.test(name) ? "mobile" : said;
    const kind = kinds.findIndex((names) => names.includes(word));
    if (kind >= 0) return { field, rank: kind * 100 + Number(digits) };
  }
  return undefined;
}

/** HubSpot has a column for each kind of mail that one can opt out of. */
const fieldNamed = (name: string): Claim | undefined =>
  known.get(name) ??
  numbered(name) ??
  (name.startsWith("optedoutofemail") ? { field: "email_opt_out", rank: 100 } : undefined);

/** The columns of files of clients, and how they are written: with those of the brokerage's own fields. */
export function clientFields(custom: readonly CustomField[]): FileFields {
  const own = customFields(custom);
  return {
    fieldNamed: (name) => own.fieldNamed(name) ?? fieldNamed(name) ?? own.named(name),
    repeated: new Set<Field>([
      ...(["email", "phone", "label", "tags", "email_opt_out", "call_opt_out"] as const),
      ...(["text_opt_out", "opt_out"] as const),
    ]),
    numbers: Object.fromEntries(own.numbers.map((field) => [field, "money" satisfies NumberKindName])),
    pointed: [],
    dates: ["last_contacted_at", ...own.dates],
    areas: {},
    systemOf: {},
  };
}

/** Why a file with these columns cannot be imported: nobody could tell who its rows are about. */
export function lacking({ of }: Columns): string | undefined {
  const telling = ["name", "first_name", "last_name", "company", "email", "phone"] as const;
  return telling.some((field) => of[field])
    ? undefined
    : "has no column of names, emails or phones: name one in `mapping`";
}
