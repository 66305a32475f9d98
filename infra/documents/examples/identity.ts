import { idOf, ids, written } from "./ids.ts";

const Brokerage = {
  ...written(ids.brokerage, 2, "2026-01-12T09:30:00.000Z", "2026-02-03T16:12:45.310Z"),
  name: "Emerald City Realty",
  slug: "emerald-city-realty",
  accent_color: "#0b5d57",
  phone: "+12065550100",
  address: "1416 Ballard Avenue NW",
  city: "Seattle",
  state_or_province: "WA",
  postal_code: "98107",
  country: "US",
  license_number: "20119",
  time_zone: "America/Los_Angeles",
  currency: "USD",
  public_listings: true,
  ai_budget: { brokerage_usd_per_month: 80, user_usd_per_month: 15 },
  logo: null,
};

const begun = {
  phone: null,
  address: null,
  city: null,
  state_or_province: null,
  postal_code: null,
  country: null,
  license_number: null,
  public_listings: false,
  ai_budget: { brokerage_usd_per_month: 50, user_usd_per_month: 10 },
};

const picture = {
  status: "ready",
  reason: null,
  url: "https://files.example.com/pictures/019bb1f7?X-Amz-Expires=900&X-Amz-Signature=5f0a",
  width: 512,
  height: 512,
};

const admin = {
  ...written(ids.admin, 1, "2026-01-12T09:30:00.000Z"),
  email: "admin@emerald.example",
  first_name: "Ada",
  last_name: "Broker",
  role: "admin",
  is_active: true,
  email_verified_at: null,
  phone: null,
  license_number: null,
  license_state: null,
  time_zone: null,
  accepts_leads: true,
  photo: null,
  role_ids: [],
};

const agentSummary = {
  ...written(ids.agent, 2, "2026-01-12T10:04:31.207Z", "2026-01-12T10:21:07.512Z"),
  email: "agent@emerald.example",
  first_name: "Ana",
  last_name: "Agent",
  role: "agent",
  is_active: true,
  email_verified_at: "2026-01-12T10:21:07.512Z",
  phone: "+12065550142",
  license_number: "23014417",
  license_state: "WA",
  time_zone: null,
  accepts_leads: true,
  photo: picture,
};
const agent = { ...agentSummary, role_ids: [idOf("role")] };

/** A token's three parts; no key signed it. */
const session_token = [
  "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6IjFYdDhyVzVuIn0",
  "eyJzdWIiOiIwMTliYjFlOCIsImV4cCI6MTc3MjQ3MDg2MH0",
  "bm90IGEgc2lnbmF0dXJl",
].join(".");
const refresh_token = "eyJyb3RhdGlvbiI6MH0.bm90IGEgc2VhbCBlaXRoZXI";

/** The last part of a link; no key signed it. */
const mailed_token = "AZux10EgfCqOFT-aHFt9IAGbsfcMp35Rm2wthPegw-UBnMr1b8Abm90IGEgc2lnbmF0dXJl";

/** Bodies and answers about brokerages, users and sessions. */
export const identity = {
  Brokerage,
  NewBrokerage: {
    name: "Emerald City Realty",
    slug: "emerald-city-realty",
    admin: {
      email: "admin@emerald.example",
      first_name: "Ada",
      last_name: "Broker",
      password: "seven green lakes at noon",
    },
  },
  CreateBrokerageResponse: {
    brokerage: { ...Brokerage, ...begun, version: 1, accent_color: null },
    user: admin,
  },
  BrokeragePatch: { accent_color: "#0b5d57", phone: "+12065550100", time_zone: "America/Los_Angeles" },
  User: agent,
  UserSummary: agentSummary,
  NewUser: {
    email: "nora@emerald.example",
    first_name: "Nora",
    last_name: "Lindqvist",
    password: "ferry to bainbridge island",
    role: "agent",
  },
  PersonPatch: { last_name: "Agent-Reyes", phone: "+12065550142" },
  UserPatch: { license_number: "23014417", license_state: "WA", accepts_leads: false },
  Picture: picture,
  NewPicture: { content_type: "image/jpeg", size_bytes: 482_113 },
  Registration: {
    brokerage_slug: "emerald-city-realty",
    email: "sam.rivera@mail.example",
    first_name: "Sam",
    last_name: "Rivera",
    password: "two cedars by the porch",
  },
  LoginRequest: { email: "agent@emerald.example", password: "emerald-city-demo" },
  Tokens: {
    session_token,
    refresh_token,
    token_type: "Bearer",
    expires_in: 900,
    user: { ...agent, photo: { ...picture, url: null } },
  },
  RefreshSessionRequest: { refresh_token },
  ChangePasswordRequest: {
    current_password: "emerald-city-demo",
    new_password: "rain on a copper gutter",
  },
  RequestPasswordResetRequest: { email: "agent@emerald.example" },
  RequestPasswordResetResponse: { received: true },
  ConfirmPasswordResetRequest: { token: mailed_token, password: "ferry to bainbridge island" },
  VerifyEmailRequest: { token: mailed_token },
  Session: {
    id: ids.session,
    user_id: ids.agent,
    ip_address: "203.0.113.24",
    user_agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Safari/605.1.15",
    created_at: "2026-03-02T08:01:12.480Z",
    last_used: "2026-03-02T16:58:03.115Z",
    expires_at: "2026-04-01T16:58:03.115Z",
    is_active: true,
    is_current: true,
  },
};
