import { call } from "./client";
import type { Role } from "./session";

export interface User {
  user_id: number;
  name: string;
  email: string;
  language: string;
  role: Role;
  /** Roles in tables alone, by the table's id. */
  tables: Record<string, Role>;
  disabled: boolean;
  created_at: number;
}

export type Roles = Pick<User, "role" | "tables">;

const USERS = "/console/users/";

export const listUsers = () => call<{ users: User[] }>(USERS);

export const inviteUser = (invited: Pick<User, "email" | "name" | "language"> & Roles) =>
  call<User>(USERS, { method: "POST", json: invited });

export const giveRole = (user: number, roles: Roles) =>
  call<User>(`${USERS}${user}/role/`, { method: "PUT", json: roles });

export const removeUser = (user: number) => call<unknown>(`${USERS}${user}/`, { method: "DELETE" });
