import { describe, expect, test } from "vitest";
import { contactsOf } from "../contact-reader.ts";

const csv = (...rows: string[]) => [...rows, ""].join("\n");
/** The clients of a file in which nothing is wrong. */
const only = async (...args: Parameters<typeof contactsOf>) => {
  const { clients, errors, fault } = await contactsOf(...args);
  expect([errors, fault]).toEqual([[], undefined]);
  return clients;
};

describe("exports of the products that agents come from", () => {
  test("Google Contacts, as it is today", async () => {
    const file = csv(
      "First Name,Middle Name,Last Name,Phonetic First Name,Name Prefix,Name Suffix,Nickname,File As,Organization Name,Organization Title,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Label,Phone 2 - Value,Address 1 - Label,Address 1 - Country",
      "Mara,J.,Okafor,,Dr.,Jr.,,,Pine Co,,--03-07,,,Buyers ::: * myContacts,Work,mara@pine.example,* Home,mara@okafor.example ::: m.o@okafor.example,Work Fax,206-555-0199,Mobile,(206) 555-0100 ::: 206.555.0101,Home,US",
      ",,,,,,,,Elm Street Bakery,,,,,* myContacts,,,,,Work,+44 20 7946 0018,,,,",
    );
    const { clients, errors, ignored } = await contactsOf(file);
    expect(errors).toEqual([]);
    expect(clients).toMatchObject([
      {
        name: "Mara J. Okafor Jr.",
        // What Google marks with a star is preferred.
        emails: ["mara@okafor.example", "m.o@okafor.example", "mara@pine.example"],
        phones: ["+12065550100", "+12065550101"],
        tags: ["Buyers"],
      },
      { name: "Elm Street Bakery", emails: [], phones: ["+442079460018"], tags: [] },
    ]);
    expect(ignored).toEqual(
      [
        ...["Phonetic First Name", "Name Prefix", "Nickname", "File As", "Organization Title", "Birthday"],
        ...["Notes", "Photo", "Address 1 - Label"],
      ].filter((column) => column !== "File As"),
    );
  });

  test("Google Contacts, as it was until 2024", async () => {
    const file = csv(
      "Name,Given Name,Additional Name,Family Name,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,Organization 1 - Name",
      "Iris Vale,Iris,,Vale,Sellers ::: Sphere ::: * My Contacts,* ,iris@vale.example,Mobile,2065550110,",
    );
    expect(await only(file)).toMatchObject([
      {
        name: "Iris Vale",
        emails: ["iris@vale.example"],
        phones: ["+12065550110"],
        tags: ["Sellers", "Sphere"],
      },
    ]);
  });

  test("Outlook", async () => {
    const file = csv(
      "Title,First Name,Middle Name,Last Name,Suffix,Company,Business Country/Region,Assistant's Phone,Business Fax,Business Phone,Home Phone,Home Phone 2,Mobile Phone,Pager,Categories,E-mail Address,E-mail Type,E-mail Display Name,E-mail 2 Address,E-mail 2 Type",
      '"Mrs.",Nora,,Lund,,,,,206-555-0188,206-555-0121,206-555-0122,206-555-0123,206-555-0120,,"Red Category;Buyer",nora@lund.example,SMTP,"Nora Lund (nora@lund.example)",/o=ExchangeLabs/ou=Group/cn=nora,EX',
    );
    expect(await only(file)).toMatchObject([
      {
        name: "Nora Lund",
        emails: ["nora@lund.example"],
        phones: ["+12065550120", "+12065550122", "+12065550123", "+12065550121"],
        tags: ["Red Category", "Buyer"],
      },
    ]);
  });

  test("Follow Up Boss", async () => {
    const file = csv(
      "ID,Date Added,Name,First Name,Last Name,Stage,Lead Source,Assigned To,Tags,Email 1,Email 2,Phone 1,Phone 2,Do Not Call",
      '901,2024-02-13,"Reyes, Tomas",Tomas,Reyes,A - Hot 1-3 Months,Zillow,Ann Agent,"buyer, relocation",tomas@reyes.example,,(425) 555-0130,,true',
      "902,2024-02-14,,,,Past Client,,Ann Agent,,olga@novak.example,,,,false",
    );
    const { clients, ignored } = await contactsOf(file);
    expect(clients).toMatchObject([
      {
        source: { system: "", key: "901", isNamed: false },
        name: "Tomas Reyes",
        nurture_status: "hot",
        lead_source: "Zillow",
        tags: ["buyer", "relocation"],
        phones: ["+14255550130"],
        consent: { call: "revoked" },
      },
      {
        name: undefined,
        called: "olga@novak.example",
        nurture_status: undefined,
        tags: ["Past Client"],
        consent: {},
      },
    ]);
    expect(ignored).toEqual(["Date Added", "Assigned To"]);
  });

  test("HubSpot", async () => {
    const file = csv(
      "Record ID,First Name,Last Name,Email,Phone Number,Mobile Phone Number,Contact owner,Lead Status,Lifecycle Stage,Unsubscribed from all email,Opted out of email: One to One,Original Source",
      "51,Jo,Hart,jo@hart.example,+1 206-555-0141,206 555 0140,Ann,In Progress,Lead,,true,Organic Search",
    );
    expect(await only(file)).toMatchObject([
      {
        name: "Jo Hart",
        phones: ["+12065550141", "+12065550140"],
        nurture_status: "warm",
        lead_source: "Organic Search",
        consent: { email: "revoked" },
      },
    ]);
  });

  test("JSON with our own names, and the brokerage's own fields by machine name", async () => {
    const custom = [
      { name: "budget", type: "number" as const },
      { name: "moving_on", type: "date" as const },
      { name: "area", type: "choice" as const, choices: ["North", "South"] },
      { name: "stage", type: "text" as const },
    ];
    const rows = [
      { name: "A", email: "a@x.example", budget: "$650,000", moving_on: "13/02/2027", area: "north" },
      {
        name: "B",
        email: "b@x.example",
        "custom.stage": "pre-approved",
        stage: "warm",
        consent_text: "granted",
      },
      { name: "C", area: "West" },
    ];
    const { clients, errors } = await contactsOf(JSON.stringify(rows), { format: "json", custom });
    expect(clients).toMatchObject([
      { custom: { budget: 650_000, moving_on: "2027-02-13", area: "North" } },
      { custom: { stage: "pre-approved" }, nurture_status: "warm", consent: { text: "granted" } },
    ]);
    expect(errors).toEqual([{ row: 3, path: "/area", message: "must be one of the field's choices" }]);
  });
});

describe("names", () => {
  test.each([
    ["Lee, Ann", "Ann Lee"],
    ["LEE,  Ann  M.", "Ann M. LEE"],
    ["van der Berg, Jan", "Jan van der Berg"],
    ["Lee, Ann, Jr.", "Ann Lee Jr."],
    ["Ann Lee, MD", "Ann Lee, MD"],
    ["Acme, Inc.", "Acme, Inc."],
    ["Smith, John & Jane", "John & Jane Smith"],
    ["One, Two, Three", "One, Two, Three"],
    ["Ann", "Ann"],
  ])("%s is %s", async (said, name) =>
    expect(await only(`name,email\n"${said}",a@x.example\n`)).toMatchObject([{ name }]),
  );

  test("parts make a name; the full name does where a part is missing; a company is one where nobody is named", async () => {
    const file = csv(
      "Name,First,Middle,Last,Company,Email",
      "Somebody Else,Ann,M,Lee,Acme,a@x.example",
      '"Lee, Bo",Bo,,,Acme,b@x.example',
      ",Cy,,,Acme,c@x.example",
      ",,,,Acme,d@x.example",
      ",,,,,e@x.example",
      ",,,,,",
    );
    const { clients } = await contactsOf(file);
    expect(clients.map(({ called }) => called)).toEqual(["Ann M Lee", "Bo Lee", "Cy", "Acme", "e@x.example"]);
  });

  test("a row about nobody is an error", async () => {
    const { errors } = await contactsOf(csv("Name,Email,Labels", ",,* myContacts"));
    expect(errors).toEqual([{ row: 1, path: "", message: "has no name, email or phone" }]);
  });
});

describe("emails", () => {
  test.each([
    ["a@x.example ::: b@x.example", ["a@x.example", "b@x.example"]],
    ["a@x.example, b@x.example; a@x.example", ["a@x.example", "b@x.example"]],
    ["a@x.example/b@x.example", ["a@x.example", "b@x.example"]],
    ["Home: A@X.example Work: b@x.example", ["a@x.example", "b@x.example"]],
    ["Ann Lee <a@x.example>", ["a@x.example"]],
    ["mailto:a@x.example", ["a@x.example"]],
    ["a@x.example (work)", ["a@x.example"]],
    ["a@x.example.", ["a@x.example"]],
    ["", []],
    ["n/a", []],
    ["noemail@noemail.com", []],
  ])("%s", async (said, emails) =>
    expect(await only(`name,email\nA,"${said}"\n`)).toMatchObject([{ emails }]),
  );

  test.each(["ann", "ann at x.example", "ann@", "a@x.example and bob@"])(
    "%s is an error that quotes nothing",
    async (said) =>
      expect((await contactsOf(`name,E-mail Address\nA,"${said}"\n`)).errors).toEqual([
        { row: 1, path: "/E-mail Address", message: "must be an email address" },
      ]),
  );
});

describe("phones", () => {
  test.each([
    ["(206) 555-0100", ["+12065550100"]],
    ["206.555.0100", ["+12065550100"]],
    ["1 206 555 0100", ["+12065550100"]],
    ["+49 30 1234567", ["+49301234567"]],
    ["2065550100.0", ["+12065550100"]],
    ["206-555-0100 x12", ["+12065550100"]],
    ["206-555-0100 ::: 206-555-0101", ["+12065550100", "+12065550101"]],
    ["206-555-0100/206-555-0101", ["+12065550100", "+12065550101"]],
    ["206-555-0100, 206-555-0101", ["+12065550100", "+12065550101"]],
    ["206-555-0100; 206-555-0100", ["+12065550100"]],
    ["206-555-0100 or 206-555-0101", ["+12065550100", "+12065550101"]],
    ["Home: 206-555-0100\nCell: 206-555-0101", ["+12065550100", "+12065550101"]],
    ["206-555-0100 (mobile)", ["+12065550100"]],
    ["* 206-555-0100 cell", ["+12065550100"]],
    ["000-000-0000", []],
    ["", []],
  ])("%j", async (said, phones) =>
    expect(await only(`name,phone\nA,"${said}"\n`)).toMatchObject([{ phones }]),
  );

  test.each(["555-0100", "ask his wife", "206-555-0100/0101", "123"])("%s is an error", async (said) =>
    expect((await contactsOf(`name,Cell Phone\nA,"${said}"\n`)).errors).toEqual([
      { row: 1, path: "/Cell Phone", message: "must be a telephone number" },
    ]),
  );
  test("one that a spreadsheet has shortened is an error", async () =>
    expect((await contactsOf("name,phone\nA,1.20656E+10\n")).errors).toMatchObject([
      { row: 1, path: "/phone" },
    ]));

  test("numbers without a country are the row's, else the caller's", async () => {
    const file = csv("name,phone,country", "A,030/1234567,Germany", "B,020 7946 0018,");
    expect(await only(file, { defaults: { country: "GB" } })).toMatchObject([
      { phones: ["+49301234567"] },
      { phones: ["+442079460018"] },
    ]);
  });
});

describe("consent", () => {
  const header = "name,Email Opt Out,Do Not Contact,email_consent,consent_call";
  test.each([
    ["yes,,,", { email: "revoked" }],
    ["2024-05-06,,,", { email: "revoked" }],
    ["no,,yes,", { email: "granted" }],
    // Whatever another column says, an opt-out holds.
    ["x,,granted,", { email: "revoked" }],
    [",true,granted,granted", { email: "revoked", call: "revoked", text: "revoked" }],
    [",,revoked,unknown", { email: "revoked" }],
    [",,,", {}],
  ])("%s", async (cells, consent) =>
    expect((await only(csv(header, `A,${cells}`)))[0]!.consent).toEqual(consent),
  );

  test("what says neither yes nor no is an error: it may be an opt-out", async () =>
    expect((await contactsOf(csv(header, "A,perhaps,,,"))).errors).toEqual([
      { row: 1, path: "/Email Opt Out", message: "must say yes or no, or when they opted out" },
    ]));
});

describe("what a file must have", () => {
  test("somebody to be about", async () =>
    expect((await contactsOf("city,state\nSeattle,WA\n")).fault).toBe(
      "The header has no column of names, emails or phones: name one in `mapping`",
    ));
  test("a header", async () =>
    expect((await contactsOf("Ann Lee,ann@lee.example,(206) 555-0100\n")).fault).toMatch(/is missing/));
  test("columns by the caller's mapping", async () =>
    expect(
      await only("Kunde;Betreuer\nAnn Lee;agent@x.example\n", {
        mapping: { Kunde: "name", Betreuer: "owner_email" },
      }),
    ).toMatchObject([{ name: "Ann Lee", owner_email: "agent@x.example" }]));

  test("values that a client may have", async () => {
    const long = "x".repeat(201);
    const tags = Array.from({ length: 21 }, (_, at) => `t${at}`).join(";");
    const { errors } = await contactsOf(
      csv("name,tags,last contacted", `${long},,`, `A,${tags},`, "A,,2031-01-01"),
    );
    expect(errors.map(({ row, path }) => [row, path])).toEqual([
      [1, "/name"],
      [2, "/tags"],
      [3, "/last contacted"],
    ]);
  });
});
