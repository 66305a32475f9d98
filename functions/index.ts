/** The table of contents: every entry point of the system, by area. All else is derived from this list. */
import type { Definition } from "../shared/entry/definition.ts";
import { changePassword } from "./identity/change-password.ts";
import { createBrokerage } from "./identity/create-brokerage.ts";
import { createUser } from "./identity/create-user.ts";
import { deleteSession } from "./identity/delete-session.ts";
import { getBrokerage } from "./identity/get-brokerage.ts";
import { getMe } from "./identity/get-me.ts";
import { listSessions } from "./identity/list-sessions.ts";
import { listUsers } from "./identity/list-users.ts";
import { login } from "./identity/login.ts";
import { logout } from "./identity/logout.ts";
import { refreshSession } from "./identity/refresh-session.ts";
import { registerClient } from "./identity/register-client.ts";
import { updateBrokerage } from "./identity/update-brokerage.ts";
import { updateMe } from "./identity/update-me.ts";
import { getDocs } from "./service/get-docs.ts";
import { getHealth } from "./service/get-health.ts";
import { getJwks } from "./service/get-jwks.ts";
import { getOpenapi } from "./service/get-openapi.ts";
import { notFound } from "./service/not-found.ts";

export const areas = {
  service: [getHealth, getOpenapi, getDocs, getJwks, notFound],
  identity: [
    createBrokerage,
    getBrokerage,
    updateBrokerage,
    registerClient,
    login,
    refreshSession,
    logout,
    changePassword,
    listSessions,
    deleteSession,
    getMe,
    updateMe,
    listUsers,
    createUser,
  ],
} as const satisfies Record<string, readonly Definition[]>;

export const definitions: readonly Definition[] = Object.values(areas).flat();
