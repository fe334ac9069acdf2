import { useEffect, useId, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { t } from "../words";

interface DialogProps {
  title: string;
  children: ComponentChildren;
  /** Absent where the dialog cannot be left. */
  onClose?: () => void;
}

/** The browser's own modal dialog: it keeps the focus, and Escape closes it. */
export function Dialog({ title, children, onClose }: DialogProps) {
  const box = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = box.current;
    dialog?.showModal();
    return () => dialog?.close();
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
  dangerous?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

export function Confirm({ title, text, busy, dangerous, onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{text}</p>
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
