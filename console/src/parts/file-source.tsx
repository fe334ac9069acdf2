import { useRef, useState } from "preact/hooks";
import { t } from "../words";
import { TextField } from "./field";

interface FileSourceProps {
  onFile: (file: File) => void;
  onUrl: (url: string, name: string) => void;
}

const SUFFIXES = ".csv,.tsv,.json,.jsonl,.parquet,.xlsx,.xlsm,.ods,.gz";

/** A file, from the machine, from what was copied, or from the web. */
export function FileSource({ onFile, onUrl }: FileSourceProps) {
  return (
    <div class="form">
      <Drop onFile={onFile} />
      <Paste onFile={onFile} />
      <FromUrl onUrl={onUrl} />
    </div>
  );
}

function Drop({ onFile }: { onFile: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (files: FileList | null | undefined) => {
    const file = files?.[0];
    if (file) onFile(file);
  };
  return (
    <div
      class={over ? "drop drop-over" : "drop"}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        take(event.dataTransfer?.files);
      }}
    >
      <h2>{t("import.drop")}</h2>
      <p class="quiet">{t("import.drop.help")}</p>
      <input
        ref={input}
        class="away"
        type="file"
        tabIndex={-1}
        aria-label={t("import.choose")}
        accept={SUFFIXES}
        onChange={(event) => take(event.currentTarget.files)}
      />
      <button type="button" class="button button-primary" onClick={() => input.current?.click()}>
        {t("import.choose")}
      </button>
    </div>
  );
}

function Paste({ onFile }: { onFile: (file: File) => void }) {
  const [text, setText] = useState("");
  const use = () => {
    const [first = ""] = text.split("\n", 1);
    const suffix = /^\s*[[{]/.test(text) ? "json" : first.includes("\t") ? "tsv" : "csv";
    onFile(new File([text], `pasted.${suffix}`));
  };
  return (
    <details class="card card-pad">
      <summary>{t("import.paste")}</summary>
      <div class="stack">
        <textarea
          aria-label={t("import.paste.label")}
          placeholder={t("import.paste.label")}
          spellcheck={false}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <div class="actions">
          <button type="button" class="button button-primary" disabled={!text.trim()} onClick={use}>
            {t("import.paste.use")}
          </button>
        </div>
      </div>
    </details>
  );
}

function FromUrl({ onUrl }: Pick<FileSourceProps, "onUrl">) {
  const [url, setUrl] = useState("");
  const [name, setName] = useState("");
  return (
    <details class="card card-pad">
      <summary>{t("import.url")}</summary>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          onUrl(url.trim(), name.trim());
        }}
      >
        <TextField label={t("import.url.label")} type="url" required value={url} onValue={setUrl} />
        <TextField label={t("import.url.name")} value={name} onValue={setName} placeholder="goods.csv" />
        <div class="actions">
          <button type="submit" class="button button-primary">
            {t("import.url.start")}
          </button>
        </div>
      </form>
    </details>
  );
}
