import { useState } from "preact/hooks";
import type { Source } from "../api/configuration";
import { t } from "../words";
import { TextField } from "./field";

/** A document: pasted, of a file, or of an address. */
export function ConfigSource({ onSource }: { onSource: (source: Source | undefined) => void }) {
  const [byUrl, setByUrl] = useState(false);
  const [text, setText] = useState("");
  const [url, setUrl] = useState("");
  const tell = (of: { byUrl: boolean; text: string; url: string }) => {
    setByUrl(of.byUrl);
    setText(of.text);
    setUrl(of.url);
    const source = of.byUrl ? { file: of.url.trim() } : { content: of.text };
    onSource((of.byUrl ? of.url : of.text).trim() ? source : undefined);
  };
  return (
    <>
      <div role="radiogroup" aria-label={t("config.source")} class="choices">
        {[false, true].map((value) => (
          <label key={String(value)} class="check">
            <input type="radio" name="source" checked={byUrl === value} onChange={() => tell({ byUrl: value, text, url })} />
            <span>{t(value ? "config.byUrl" : "config.byText")}</span>
          </label>
        ))}
      </div>
      {byUrl ? (
        <TextField
          label={t("config.url")}
          placeholder="https://example.com/engine.json"
          help={t("config.url.help")}
          value={url}
          onValue={(value) => tell({ byUrl, text, url: value })}
        />
      ) : (
        <>
          <div class="actions actions-start">
            <label class="button file-button">
              {t("config.file")}
              <input
                class="away"
                type="file"
                accept=".json"
                onChange={(event) =>
                  void event.currentTarget.files?.[0]?.text().then((read) => tell({ byUrl, text: read, url }))
                }
              />
            </label>
          </div>
          <textarea
            aria-label={t("config.paste")}
            placeholder={t("config.paste")}
            spellcheck={false}
            value={text}
            onInput={(event) => tell({ byUrl, text: event.currentTarget.value, url })}
          />
        </>
      )}
    </>
  );
}
