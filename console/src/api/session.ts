import { call } from "./client";

export type Role = "owner" | "editor" | "reader";

export interface Session {
  app_id: number | string;
  user_id: number;
  email: string;
  role?: Role;
  /** Unix seconds. */
  expires_at: number;
  csrf: string;
}

export interface SessionEntry {
  id: string;
  created_at: number;
  last_used_at?: number;
  user_agent?: string;
  current?: boolean;
}

const SESSION = "/console/session/";

export type Credentials = { code: string; app_id?: number | string } | { token: string };

export const askForLink = (email: string) =>
  call<unknown>("/console/session/link/", { method: "POST", json: { email } });

export const signIn = (credentials: Credentials) =>
  call<Session>(SESSION, { method: "POST", json: credentials });

export const currentSession = () => call<Session>(SESSION);

export const signOut = () => call<unknown>(SESSION, { method: "DELETE" });
