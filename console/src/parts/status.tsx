import type { Job } from "../api/jobs";
import { formatBytes, t } from "../words";

export function Status({ of }: { of: Job["status"] }) {
  return <span class={`status status-${of}`}>{t(`status.${of}`)}</span>;
}

/** What the job is, in a word. */
export function kindOf(job: Job): string {
  if (job.undo_of) return t("job.undo");
  if (job.apply_of) return t("job.apply");
  return job.dry_run ? t("job.dryRun") : t(`job.${job.operation}`);
}

/** How far it is between 0 and 1; undefined where nobody knows. */
export function shareOf({ status, progress }: Job): number | undefined {
  if (status === "finish") return 1;
  const [done, total] = progress.bytes_total
    ? [progress.bytes, progress.bytes_total]
    : [progress.rows_done, progress.rows_total];
  return total ? Math.min(done / total, 1) : undefined;
}

export function Bar({ job }: { job: Job }) {
  const share = shareOf(job);
  const running = job.status === "ready" || job.status === "pending";
  return (
    <div
      class={`bar bar-${job.status}${running && share === undefined ? " bar-unknown" : ""}`}
      role="progressbar"
      aria-label={t("jobs.progress")}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === undefined ? undefined : Math.round(share * 100)}
    >
      <div class="bar-done" style={{ width: `${(share ?? 0) * 100}%` }} />
    </div>
  );
}

export function rowsOf({ progress }: Job): string {
  return progress.rows_total === null || progress.rows_total === undefined
    ? t("job.rows", { n: progress.rows_done })
    : t("job.rowsOf", { n: progress.rows_done, total: progress.rows_total });
}

export function bytesOf({ progress }: Job): string {
  const n = formatBytes(progress.bytes);
  return progress.bytes_total === undefined
    ? t("job.bytes", { n })
    : t("job.bytesOf", { n, total: formatBytes(progress.bytes_total) });
}
