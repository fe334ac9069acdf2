import { SESSION, call } from "./client";

export const ROLES = ["none", "reader", "editor", "owner"] as const;
export type Role = (typeof ROLES)[number];

export interface Session {
  app_id: string;
  app_name: string;
  user_id: number;
  name: string;
  email: string;
  language: string;
  role: Role;
  /** Roles in tables alone, by the table's id. */
  tables?: Record<string, Role>;
  /** Unix seconds. */
  expires_at: number;
  csrf: string;
}

export interface SessionEntry {
  id: string;
  user_agent: string;
  created_at: number;
  last_used_at: number;
  expires_at: number;
  current: boolean;
}

export type Credentials = { code: string; app_id?: string; user_id?: number } | { token: string };

/** One of those that a mail address stands for. */
export interface AppChoice {
  app_id: string;
  name: string;
  user_id: number;
  user_name: string;
}

export const askForLink = (email: string) =>
  call<unknown>("/console/session/link/", { method: "POST", json: { email } });

export const signIn = (credentials: Credentials) =>
  call<Session>(SESSION, { method: "POST", json: credentials });

export const currentSession = () => call<Session>(SESSION);

export const signOut = () => call<unknown>(SESSION, { method: "DELETE" });

export const listSessions = () => call<{ sessions: SessionEntry[] }>("/console/sessions/");

export const endSession = (id: string) =>
  call<unknown>(`/console/sessions/${encodeURIComponent(id)}/`, { method: "DELETE" });
