import { useEffect, useId, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { t } from "../words";
import { Failure } from "./load";

interface DialogProps {
  title: string;
  children: ComponentChildren;
  /** Absent where the dialog cannot be left. */
  onClose?: () => void;
}

/**
 * The browser's own modal dialog: it keeps the focus, and Escape closes it. The focus goes back to
 * where it was, or, where that is gone, to what was around it: the grid of an edited cell, the page.
 */
export function Dialog({ title, children, onClose }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = box.current;
    const opener = document.activeElement;
    const around = opener?.parentElement?.closest("[tabindex]");
    dialog?.showModal();
    return () => {
      dialog?.close();
      // Preact has the dialog out of the page by now, and the browser gives no focus back then.
      const back = [opener, around, document.getElementById("main")].find((one) => one?.isConnected);
      if (back instanceof HTMLElement) back.focus();
    };
  }, []);
  return (
    <dialog
      ref={box}
      class="dialog"
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose?.();
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  text: string;
  busy: boolean;
  /** Why it could not be done. */
  error: unknown;
  dangerous?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm({ title, text, busy, error, dangerous, onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
      {error !== undefined && <Failure error={error} />}
      <div class="actions">
        <button type="button" class="button" onClick={onClose}>
          {t("app.cancel")}
        </button>
        <button
          type="button"
          class={dangerous ? "button button-danger" : "button button-primary"}
          disabled={busy}
          onClick={onConfirm}
        >
          {title}
        </button>
      </div>
    </Dialog>
  );
}
