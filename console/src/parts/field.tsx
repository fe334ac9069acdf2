import { useId } from "preact/hooks";
import type { ComponentChildren } from "preact";

interface FieldProps {
  label: string;
  help?: ComponentChildren;
  error?: string | undefined;
}

interface InputProps extends FieldProps {
  value: string;
  onValue: (value: string) => void;
  type?: "text" | "email" | "password" | "url" | "number" | "datetime-local";
  autoComplete?: string;
  inputMode?: string;
  placeholder?: string;
  required?: boolean;
  spellcheck?: boolean;
}

export function TextField({ label, help, error, value, onValue, type = "text", ...rest }: InputProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        {...({ type, ...rest } as object)}
        value={value}
        aria-describedby={help || error ? `${id}-help` : undefined}
        aria-invalid={error ? true : undefined}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      <Help id={id} help={help} error={error} />
    </div>
  );
}

export interface Choice {
  value: string;
  label: string;
}

interface SelectProps extends FieldProps {
  value: string;
  choices: Choice[];
  onValue: (value: string) => void;
  disabled?: boolean;
}

export function SelectField({ label, help, error, value, choices, onValue, disabled }: SelectProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <Select id={id} {...{ value, choices, onValue, disabled }} described={help ? `${id}-help` : undefined} />
      <Help id={id} help={help} error={error} />
    </div>
  );
}

interface BareSelectProps {
  id?: string;
  label?: string;
  value: string;
  choices: Choice[];
  onValue: (value: string) => void;
  disabled?: boolean | undefined;
  described?: string | undefined;
}

export function Select({ id, label, value, choices, onValue, disabled, described }: BareSelectProps) {
  return (
    <select
      id={id}
      aria-label={label}
      aria-describedby={described}
      disabled={disabled}
      onChange={(event) => onValue(event.currentTarget.value)}
    >
      {choices.map((choice) => (
        <option key={choice.value} value={choice.value} selected={choice.value === value}>
          {choice.label}
        </option>
      ))}
    </select>
  );
}

interface CheckProps {
  label: string;
  checked: boolean;
  onChecked: (checked: boolean) => void;
}

export function Check({ label, checked, onChecked }: CheckProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={checked}
        onChange={(event) => onChecked(event.currentTarget.checked)}
      />
      <span>{label}</span>
    </label>
  );
}

function Help({ id, help, error }: { id: string; help?: ComponentChildren; error?: string | undefined }) {
  if (!help && !error) return null;
  return (
    <p id={`${id}-help`} class={error ? "help help-bad" : "help"} role={error ? "alert" : undefined}>
      {error ?? help}
    </p>
  );
}
