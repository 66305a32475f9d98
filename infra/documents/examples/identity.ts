import { ids, written } from "./ids.ts";

const Brokerage = {
  ...written(ids.brokerage, 2, "2026-01-12T09:30:00.000Z", "2026-02-03T16:12:45.310Z"),
  name: "Emerald City Realty",
  slug: "emerald-city-realty",
  accent_color: "#0b5d57",
};

const admin = {
  ...written(ids.admin, 1, "2026-01-12T09:30:00.000Z"),
  email: "admin@emerald.example",
  first_name: "Ada",
  last_name: "Broker",
  role: "admin",
  is_active: true,
};

export const agent = {
  ...written(ids.agent, 1, "2026-01-12T10:04:31.207Z"),
  email: "agent@emerald.example",
  first_name: "Ana",
  last_name: "Agent",
  role: "agent",
  is_active: true,
};

/** A token's three parts; no key signed it. */
const session_token = [
  "eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCIsImtpZCI6IjFYdDhyVzVuIn0",
  "eyJzdWIiOiIwMTliYjFlOCIsImV4cCI6MTc3MjQ3MDg2MH0",
  "bm90IGEgc2lnbmF0dXJl",
].join(".");
const refresh_token = "eyJyb3RhdGlvbiI6MH0.bm90IGEgc2VhbCBlaXRoZXI";

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
  CreateBrokerageResponse: { brokerage: { ...Brokerage, version: 1, accent_color: null }, user: admin },
  BrokeragePatch: { name: "Emerald City Realty", accent_color: "#0b5d57" },
  User: agent,
  NewUser: {
    email: "nora@emerald.example",
    first_name: "Nora",
    last_name: "Lindqvist",
    password: "ferry to bainbridge island",
    role: "agent",
  },
  PersonPatch: { last_name: "Agent-Reyes" },
  Registration: {
    brokerage_slug: "emerald-city-realty",
    email: "sam.rivera@mail.example",
    first_name: "Sam",
    last_name: "Rivera",
    password: "two cedars by the porch",
  },
  LoginRequest: { email: "agent@emerald.example", password: "emerald-city-demo" },
  Tokens: { session_token, refresh_token, token_type: "Bearer", expires_in: 900, user: agent },
  RefreshSessionRequest: { refresh_token },
  ChangePasswordRequest: {
    current_password: "emerald-city-demo",
    new_password: "rain on a copper gutter",
  },
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
