import { computed, signal } from "@preact/signals";
import { ApiError, onRefused, useCsrf } from "../api/client";
import { type Role, type Session, currentSession, signOut } from "../api/session";

/** `undefined` while it is being asked for, null where nobody is signed in. */
export const session = signal<Session | null | undefined>(undefined);
/** The session has ended while a page was open: the page stays. */
export const expired = signal(false);

const EDITORS: (Role | undefined)[] = ["editor", "owner"];

/** What the pages offer; the service enforces it. */
export const isOwner = computed(() => session.value?.role === "owner");
export const mayEditAll = computed(() => EDITORS.includes(session.value?.role));

export const mayEdit = (table: number) =>
  mayEditAll.value || EDITORS.includes(session.value?.tables?.[table]);

export const isOwn = (job: { user_id: number }) => job.user_id === session.value?.user_id;

export function enter(found: Session): void {
  useCsrf(found.csrf);
  expired.value = false;
  session.value = found;
}

export async function restore(): Promise<void> {
  try {
    enter(await currentSession());
  } catch (error) {
    if (error instanceof ApiError && error.status === 0) throw error;
    session.value = null;
  }
}

export async function leave(): Promise<void> {
  await signOut();
  try {
    sessionStorage.clear(); // what was typed is for nobody else
  } catch {
    // A browser without storage.
  }
  session.value = null;
}

// A job of another user is a 401, too: only the session's own answer says that it has ended.
onRefused(async () => {
  if (!session.value) return false;
  try {
    await currentSession();
  } catch (error) {
    expired.value = error instanceof ApiError && error.status === 401;
  }
  return expired.value;
});

// A mailed link opens a session in another window.
addEventListener("focus", () => {
  if (expired.value) currentSession().then(enter, () => undefined);
});
