import { describe, expect, test } from "vitest";
import { metrics } from "../../shared/dashboard/data.ts";
import { dashboardPage } from "../../shared/dashboard/page.ts";
import { dashboardPolicy } from "../../shared/dashboard/policy.ts";
import { change, minutes, named, weekdays } from "../../shared/dashboard/words.ts";
import { formatIn } from "../../shared/page/format.ts";
import { emptyDashboard, officeDashboard, strangeDashboard } from "../dashboards.ts";

const office = officeDashboard();
const page = dashboardPage(office);
const textOf = (html: string) =>
  html
    .replace(/<style>.*?<\/style>/s, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");
/** The cells of a table's row that begins with a title. */
const row = (title: string, of = page) =>
  [...of.matchAll(/<tr>(.*?)<\/tr>/gs)]
    .map(([, cells = ""]) =>
      [...cells.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = ""]) => textOf(cell).trim()),
    )
    .find(([first]) => first === title);

describe("the page says", () => {
  test("this week against last, each with its change", () => {
    expect(row("Leads")).toEqual(["Leads", "7", "18", "−11", "15", "18", "−3"]);
    expect(row("Median first response")).toEqual([
      "Median first response",
      "26 min",
      "44 min",
      "−18 min",
      "38 min",
      "44 min",
      "−6 min",
    ]);
    expect(row("Volume closed")!.slice(1, 4)).toEqual(["$845,000", "$845,000", "="]);
    for (const metric of metrics) expect(row(named[metric].title), metric).toHaveLength(7);
    expect(textOf(page)).toContain("This week Mon to Wed so far");
  });

  test("each of eight weeks, those not final marked", () => {
    expect(row("Oct 5 to Oct 11")!.slice(0, 3)).toEqual(["Oct 5 to Oct 11", "9", "–"]);
    expect(row("Nov 16 to Nov 22 not final")).toBeDefined();
    expect(row("Nov 23 to Nov 25 not final")).toBeDefined();
  });

  test("what needs a person today, the count first, and how long each waits", () => {
    expect(page).toMatch(/Unanswered leads <span class="count">3<\/span>/);
    expect(page).toMatch(/Overdue tasks <span class="count">10 or more<\/span>/);
    expect(row("Nora Lindqvist zillow")).toEqual(["Nora Lindqvist zillow", "Ana Agent", "2 days"]);
    expect(row("Send the disclosures of 700 Dayton Avenue N urgent")).toBeDefined();
    expect(row("Send the disclosures of 701 Dayton Avenue N")).toBeDefined();
    expect(row("Omar Haddad website")!.at(-1)).toBe("3 h 24 min");
    expect(row("1214 Greenwood Ave N")!.at(-1)).toBe("47 days");
    const [needs, numbers] = ["What needs a person today", "This week against last"].map((said) =>
      page.indexOf(`>${said}</h2>`),
    );
    expect(needs).toBeLessThan(numbers!);
  });

  test("pipeline, conversion and who answers how fast", () => {
    expect(row("Warm")).toEqual(["Warm", "31", "9"]);
    expect(row("zillow")).toEqual(["zillow", "30", "90.0%", "20.0%", "6.7%"]);
    expect(row("warm")).toEqual(["warm", "12", "100.0%", "66.7%", "33.3%"]);
    expect(row("Ben Broker")).toEqual(["Ben Broker", "11", "11", "13 min", "44 min"]);
    expect(row("Cleo Colleague")).toEqual(["Cleo Colleague", "2", "0", "–", "–"]);
  });

  test("as of when, in whose time zone, and what the numbers count, with the definition's version", () => {
    expect(page.match(/Wednesday, November 25, 2026 at 9:15\sAM PST/g)).toHaveLength(2);
    expect(textOf(page)).toContain("Days are those of America/Los_Angeles");
    expect(textOf(page)).toContain(
      "Views of listings (definition 2). views: a listing was opened by a client.",
    );
  });

  test("the same of the same data: it is drawn anew each time", () => {
    expect(dashboardPage(officeDashboard())).toBe(page);
  });
});

describe("charts", () => {
  test("are five drawings, each described and with its numbers in a table", () => {
    const figures = [...page.matchAll(/<figure><h3>([^<]+)<\/h3><svg role="img" aria-label="([^"]{20,})"/g)];
    expect(figures.map(([, title]) => title)).toEqual([
      "Leads by week",
      "Median first response by week",
      "Contacts by week",
      "Views of listings by week",
      "Clients by nurture status",
    ]);
  });

  test("are left out where nothing was measured", () => {
    const quiet = office.weeks.map((week) => ({ ...week, numbers: { ...week.numbers, views: 0 } }));
    expect(dashboardPage({ ...office, weeks: quiet })).not.toContain("Views of listings by week");
  });
});

test("what the reader may not know is not there", () => {
  const { leads, responses, conversion, pipeline, ...rest } = office;
  const weeks = rest.weeks.map((week) => ({ ...week, numbers: { ...week.numbers, views: null } }));
  const text = dashboardPage({ ...rest, weeks });
  for (const said of [
    "Unanswered leads",
    "First response by agent",
    "Conversion",
    "Pipeline",
    "Views of listings by",
  ])
    expect(text).not.toContain(said);
  expect(text).toContain("Overdue tasks");
  expect(row("Views of listings", text)).toBeUndefined();
});

test("nothing waits: the page says so", () => {
  const none = { items: [], more: false };
  const text = dashboardPage({ ...office, leads: none, tasks: none, listings: none });
  expect(text.match(/<p class="done">None\.<\/p>/g)).toHaveLength(3);
});

test("an empty office is told what to do first, an agent something else, and nobody sees empty tables", () => {
  const text = dashboardPage(emptyDashboard());
  expect(textOf(text)).toMatch(/What to do first.*import.*Invite your agents.*website a key/);
  expect(text).not.toMatch(/<table|<svg/);
  const agents = dashboardPage({ ...emptyDashboard(), whose: { kind: "user", name: "Ana", isReader: true } });
  expect(agents).toContain("Your week");
  expect(agents).not.toContain("Invite");
  expect(page).not.toContain("What to do first");
});

test("names are text, whatever is in them; and the policy lets nothing but the page's own style in", () => {
  const hostile = `</style></title><script>alert(1)</script>"; } * { display: none } <img src=x onerror=y> ' " onload="alert(2)\\`;
  const text = dashboardPage(strangeDashboard(hostile));
  expect(text).not.toMatch(/<script|<img| onload="|<\/style><\/title>/);
  expect(text.match(/<style>/g)).toHaveLength(1);
  for (const one of [page, text]) {
    expect(one).not.toMatch(/\sstyle="|\son\w+="|<(script|link|iframe|object|form)/);
    expect(dashboardPolicy(one)).toMatch(
      /^default-src 'none'; style-src 'sha256-[\w+/]{43}='; base-uri 'none'/,
    );
  }
  expect(dashboardPolicy(page)).not.toBe(dashboardPolicy(text));
});

test("times are in the words of a clock, changes have their sign", () => {
  expect([0, 59.4, 60, 200, 1440, 2880, 4400].map(minutes)).toEqual([
    "0 min",
    "59 min",
    "1 h",
    "3 h 20 min",
    "24 h",
    "2 days",
    "3 days",
  ]);
  const format = formatIn("USD");
  expect(change("leads", 3, 3, format)).toBe("=");
  expect(change("leads", null, 3, format)).toBe("–");
  expect(change("volume", 0, 500, format)).toBe("+$500");
  expect(weekdays({ from: "2026-11-23", to: "2026-11-24" })).toBe("Mon");
});
