import { useState } from "preact/hooks";
import { type Job, type JobKey, resumeJob } from "../api/jobs";
import { formatDollars, formatNumber, formatTime, t } from "../words";
import { Dialog } from "./dialog";
import { TextField } from "./field";
import { Failure, useAction } from "./load";

interface ResumeJobProps {
  of: JobKey;
  job: Job;
  onResumed: () => void;
}

/** Lets a job go on that has stopped at its budget, with a higher one or none. */
export function ResumeJob({ of, job, onResumed }: ResumeJobProps) {
  const [open, setOpen] = useState(false);
  const [budget, setBudget] = useState("");
  const { busy, error, run } = useAction();
  const inUnits = job.budget_units !== undefined;
  const { dollars, read_units, write_units } = job.spent;
  const spent = inUnits ? formatNumber(read_units + write_units) : formatDollars(dollars);
  const resume = (event: Event) => {
    event.preventDefault();
    run(async () => {
      await resumeJob(of, inUnits ? "budget_units" : "budget", budget);
      setOpen(false);
      onResumed();
    });
  };
  return (
    <>
      <button type="button" class="button button-primary" onClick={() => setOpen(true)}>
        {t("job.resume")}
      </button>
      {open && (
        <Dialog title={t("job.resume")} onClose={() => setOpen(false)}>
          <form class="stack" onSubmit={resume}>
            <p>{t("job.resume.text", { spent, time: formatTime(job.resume_until ?? 0) })}</p>
            <TextField
              label={t(inUnits ? "job.resume.units" : "job.resume.dollars")}
              help={t("job.resume.help")}
              inputMode="decimal"
              value={budget}
              onValue={setBudget}
            />
            {error !== undefined && <Failure error={error} />}
            <div class="actions">
              <button type="button" class="button" onClick={() => setOpen(false)}>
                {t("app.cancel")}
              </button>
              <button type="submit" class="button button-primary" disabled={busy}>
                {t("job.resume")}
              </button>
            </div>
          </form>
        </Dialog>
      )}
    </>
  );
}
