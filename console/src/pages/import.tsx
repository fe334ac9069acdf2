import { useEffect, useRef, useState } from "preact/hooks";
import {
  type Mapping, type Options, type Preview, type RemoteFile, canPreview, finishUpload, isRemote, nameOf, preview,
  startImport,
} from "../api/imports";
import { NO_LIMITS } from "../api/jobs";
import { type Field, type Table, createTable, getTable } from "../api/tables";
import { FileSource } from "../parts/file-source";
import { HandlingForm, MappingForm, NewTableForm, PreviewRows, ReadingForm } from "../parts/import-forms";
import { Failure, Load, Loading, said, useAction, useLoad } from "../parts/load";
import { Page } from "../parts/page";
import { Crumbs } from "../parts/table-head";
import { go, link } from "../router";
import {
  type Handling, type Written, AS_DETECTED, handlingOptions, keepOptions, readingOptions, suggested,
} from "../state/import-form";
import { type KeptUpload, forgetUpload, isOf, keptUpload } from "../state/kept-uploads";
import { formatBytes, t } from "../words";

const DELAY_MS = 400; // while an option is being typed

export function ImportPage({ id }: { id: number }) {
  const table = useLoad(() => getTable(id), id);
  return <Load of={table}>{(found) => <ImportFlow table={found} />}</Load>;
}

export function NewTablePage() {
  return <ImportFlow />;
}

function ImportFlow({ table }: { table?: Table }) {
  const [file, setFile] = useState<File | RemoteFile>();
  return (
    <Page
      title={table ? t("import.title", { table: table.name }) : t("import.new")}
      above={<Crumbs table={table} />}
    >
      {file ? (
        <ImportForm
          key={isRemote(file) ? file.url : file.name + file.lastModified}
          table={table}
          file={file}
          onOther={() => setFile(undefined)}
        />
      ) : (
        <>
          {table && <BrokenOff table={table.id} />}
          <FileSource onFile={setFile} onUrl={(url, name) => setFile({ url, name })} />
        </>
      )}
    </Page>
  );
}

/** An upload that goes on once its file is chosen again: a page may not open it by itself. */
function BrokenOff({ table }: { table: number }) {
  const [kept, setKept] = useState(() => keptUpload(table));
  if (!kept) return null;
  const forget = () => {
    forgetUpload(table);
    setKept(undefined);
  };
  return (
    <div class="notice notice-warn" role="status">
      <p>{t("import.brokenOff", { file: kept.name, size: formatBytes(kept.size) })}</p>
      <button type="button" class="button" onClick={forget}>
        {t("import.forget")}
      </button>
    </div>
  );
}

interface ImportFormProps {
  table: Table | undefined;
  file: File | RemoteFile;
  onOther: () => void;
}

function ImportForm({ table, file, onOther }: ImportFormProps) {
  const [written, setWritten] = useState<Written>(AS_DETECTED);
  const [mapping, setMapping] = useState<Mapping>({});
  const [handling, setHandling] = useState<Handling>({ match: "", mode: "upsert", undoable: true, limits: NO_LIMITS });
  const [name, setName] = useState(() => tableName(nameOf(file)));
  const [fields, setFields] = useState<Field[]>();
  const [sent, setSent] = useState<number>();
  const made = useRef<Table | undefined>(table); // once, however often its file is sent
  const { busy, error, run } = useAction();
  const reading = readingOptions(written, mapping);
  const read = usePreview(table?.id, file, reading);
  const found = read.data;

  // A new table takes what is proposed: its columns are named after those of the file.
  useEffect(() => {
    if (table || !found || fields) return;
    setFields(found.schema.fields);
    const by = suggested(found, written);
    setWritten(by.written);
    setMapping(by.mapping);
  }, [table, found, fields]);

  const start = (dry: boolean) =>
    run(async () => {
      const into = (made.current ??= await createTable(name, fields ?? []));
      const options: Options = {
        ...reading,
        ...handlingOptions(handling),
        ...(dry && { dry_run: "1", differences: "csv" }),
      };
      const job = await startImport(into.id, file, options, setSent);
      keepOptions(job, options);
      go(link(["tables", into.id, "jobs", "import", job]));
    });

  const kept = table && keptUpload(table.id);
  const goOn = (into: number, of: File, upload: KeptUpload) =>
    run(async () => {
      const job = await finishUpload(into, of, upload, setSent);
      keepOptions(job, upload.options);
      go(link(["tables", into, "jobs", "import", job]));
    });

  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        start(false);
      }}
    >
      <div class="card card-pad file-line">
        <div>
          <strong>{nameOf(file)}</strong>{" "}
          <span class="quiet">{isRemote(file) ? file.url : formatBytes(file.size)}</span>
        </div>
        <button type="button" class="button button-quiet" onClick={onOther}>
          {t("import.other")}
        </button>
      </div>
      {table && kept && !isRemote(file) && isOf(kept, file) && !busy && (
        <div class="notice">
          <p>{t("import.goOn.help")}</p>
          <button type="button" class="button" onClick={() => goOn(table.id, file, kept)}>
            {t("import.goOn")}
          </button>
        </div>
      )}
      {!canPreview(file) && <p class="notice notice-warn">{t("import.tooLarge")}</p>}
      {read.error !== undefined && (
        <div class="notice notice-bad" role="alert">
          <p>{said(read.error)}</p>
        </div>
      )}
      {canPreview(file) && !found && read.error === undefined && <Loading />}
      {(found ?? read.error) !== undefined && (
        <ReadingForm file={nameOf(file)} preview={found} written={written} onWritten={setWritten} />
      )}
      {!table && fields && (
        <NewTableForm name={name} onName={setName} fields={fields} onFields={setFields} />
      )}
      {found && table && (
        <MappingForm
          preview={found}
          fields={table.schema.fields}
          mapping={mapping}
          onMapping={setMapping}
          onSuggested={() => {
            const by = suggested(found, written);
            setWritten(by.written);
            setMapping(by.mapping);
          }}
        />
      )}
      {found && <PreviewRows preview={found} />}
      {table && <HandlingForm table={table} handling={handling} onHandling={setHandling} />}
      {error !== undefined && <Failure error={error} />}
      <div class="actions">
        <div class="actions-said" role="status">
          {busy && sent !== undefined && !isRemote(file) && <Uploading sent={sent} size={file.size} />}
        </div>
        {table && (
          <button type="button" class="button" disabled={busy} onClick={() => start(true)}>
            {t("import.dryRun")}
          </button>
        )}
        <button type="submit" class="button button-primary" disabled={busy || (!table && !fields)}>
          {t(table ? "import.start" : "import.create")}
        </button>
      </div>
    </form>
  );
}

function Uploading({ sent, size }: { sent: number; size: number }) {
  const arrived = Math.min(sent, size);
  return (
    <>
      <progress max={size} value={arrived} aria-hidden="true" />{" "}
      {t("import.uploading", { n: formatBytes(arrived), total: formatBytes(size) })}
    </>
  );
}

interface Read {
  data: Preview | undefined;
  error: unknown;
}

/** The preview by these options, the last one staying while another is being made. */
function usePreview(table: number | undefined, file: File | RemoteFile, options: Options): Read {
  const [read, setRead] = useState<Read>({ data: undefined, error: undefined });
  const key = JSON.stringify(options);
  useEffect(() => {
    if (!canPreview(file)) return undefined;
    let current = true;
    const ask = () =>
      preview(table, file, options).then(
        (data) => current && setRead({ data, error: undefined }),
        (error: unknown) => current && setRead((before) => ({ ...before, error })),
      );
    const timer = setTimeout(ask, read.data || read.error ? DELAY_MS : 0);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [table, file, key]);
  return read;
}

/** `goods_2026` of `Goods 2026.csv.gz`: what a table may be called. */
export function tableName(fileName: string): string {
  const stem = fileName.replace(/(\.\w+)(\.gz)?$/i, "");
  const name = stem.normalize("NFKD").replace(/[^A-Za-z0-9_]+/g, "_").replace(/^[^A-Za-z]+|_+$/g, "");
  return name.slice(0, 32) || "table";
}
