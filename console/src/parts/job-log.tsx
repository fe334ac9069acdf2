import type { WholeJob } from "../api/jobs";
import { type Word, formatDuration, formatMoment, t } from "../words";

const EVENTS: Record<string, Word> = {
  accepted: "log.accepted",
  claimed: "log.claimed",
  released: "log.released",
  restarted: "log.restarted",
  resumed: "log.resumed",
  finished: "log.finished",
  failed: "log.failed",
  cancelled: "log.cancelled",
};

/** What befell a job, and when. */
export function JobLog({ job }: { job: WholeJob }) {
  const { events } = job.life;
  return (
    <section class="card card-pad">
      <h2>{t("log.title")}</h2>
      <ol class="log">
        {events.map(({ event, at }, place) => {
          const before = events[place - 1]?.at ?? at;
          const word = EVENTS[event];
          return (
            <li key={place} class={`log-${event}`}>
              <span class="quiet">{formatMoment(at)}</span> {word ? t(word) : event}{" "}
              {at - before >= 1 && <span class="quiet">{t("log.after", { time: formatDuration(at - before) })}</span>}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
