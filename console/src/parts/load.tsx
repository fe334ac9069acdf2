import { useCallback, useEffect, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { ApiError, SessionEnded } from "../api/client";
import { FileChanged } from "../api/uploads";
import { t } from "../words";

export interface Loaded<T> {
  data: T | undefined;
  error: unknown;
  reload: () => void;
}

/** What `load` answers, anew whenever `key` changes; a late answer to an earlier key is dropped. */
export function useLoad<T>(load: () => Promise<T>, key: unknown): Loaded<T> {
  const [state, setState] = useState<{ key: unknown; data?: T; error?: unknown }>({ key });
  const [round, setRound] = useState(0);
  useEffect(() => {
    let current = true;
    load().then(
      (data) => current && setState({ key, data }),
      (error: unknown) => current && setState({ key, error }),
    );
    return () => {
      current = false;
    };
  }, [key, round]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const fits = state.key === key;
  return { data: fits ? state.data : undefined, error: fits ? state.error : undefined, reload };
}

/** Errors of the public API begin so in every language; what follows says it in the reader's. */
const INVALID_FILE = /^无效的文件: /;

export function said(error: unknown): string {
  if (error instanceof FileChanged) return t("import.changed");
  if (error instanceof SessionEnded) return t("error.session");
  if (error instanceof ApiError) return error.status === 0 ? t("error.network") : error.message.replace(INVALID_FILE, "");
  return String(error);
}

export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  return (
    <div class="notice notice-bad" role="alert">
      <p>
        <strong>{t("error.title")}</strong> {said(error)}
      </p>
      {retry && (
        <button type="button" class="button" onClick={retry}>
          {t("app.retry")}
        </button>
      )}
    </div>
  );
}

export function Loading() {
  return (
    <div class="loading" role="status">
      <span class="spinner" aria-hidden="true" />
      {t("app.loading")}
    </div>
  );
}

interface EmptyProps {
  title: string;
  help?: string;
  children?: ComponentChildren;
}

export function Empty({ title, help, children }: EmptyProps) {
  return (
    <div class="empty">
      <h2>{title}</h2>
      {help && <p>{help}</p>}
      {children}
    </div>
  );
}

interface LoadProps<T> {
  of: Loaded<T>;
  children: (data: T) => ComponentChildren;
}

/** The data, or how far it is. */
export function Load<T>({ of, children }: LoadProps<T>) {
  if (of.error !== undefined) return <Failure error={of.error} retry={of.reload} />;
  return of.data === undefined ? <Loading /> : <>{children(of.data)}</>;
}

/** An action that is under way, and what became of it. */
export function useAction() {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = useCallback((action: () => Promise<unknown>) => {
    setBusy(true);
    setError(undefined);
    void action()
      .catch((failure: unknown) => setError(failure))
      .finally(() => setBusy(false));
  }, []);
  return { busy, error, run };
}
