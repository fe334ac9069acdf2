import { useEffect } from "preact/hooks";
import { type Task, changesOfTask, listTasks } from "../api/configuration";
import { Changes } from "../parts/changes";
import { Empty, Load, useLoad } from "../parts/load";
import { link, route } from "../router";
import { isOwner, session } from "../state/session";
import { useUserNames } from "../state/user-names";
import { type Word, formatNumber, formatTime, t } from "../words";
import { comparing } from "./config-history";

const REFRESH_MS = 3000;
const OPEN: Task["status"][] = ["register", "running"];
const TAGS: Partial<Record<Task["status"], string>> = {
  finish: "tag tag-good",
  error: "tag tag-bad",
  cancel: "tag tag-warn",
};

/** Imports of the configuration, by everybody: who, when, how they ended, what each changed. */
export function ConfigTasks() {
  const { query } = route.value;
  const cursor = query.get("cursor") ?? "";
  const tasks = useLoad(() => listTasks(cursor), cursor);
  const running = tasks.data?.tasks.some(({ status }) => OPEN.includes(status)) ?? false;
  useEffect(() => {
    if (!running) return undefined;
    const timer = setInterval(tasks.reload, REFRESH_MS);
    return () => clearInterval(timer);
  }, [running, tasks.reload]);
  return (
    <Load of={tasks}>
      {({ tasks: found, next }) =>
        found.length || cursor ? (
          <>
            <TaskList tasks={found} chosen={query.get("task") ?? ""} cursor={cursor} />
            <nav class="actions" aria-label={t("config.tasks")}>
              {cursor && (
                <a class="button" href={link(["configuration", "tasks"])}>
                  {t("config.tasks.newest")}
                </a>
              )}
              {next && (
                <a class="button" href={link(["configuration", "tasks"], { cursor: next })}>
                  {t("config.tasks.older")}
                </a>
              )}
            </nav>
          </>
        ) : (
          <Empty title={t("config.tasks.none")} help={t("config.tasks.none.help")} />
        )
      }
    </Load>
  );
}

function TaskList({ tasks, chosen, cursor }: { tasks: Task[]; chosen: string; cursor: string }) {
  const others = tasks.some(({ user_id }) => user_id !== session.value?.user_id);
  const nameOf = useUserNames(isOwner.value && others);
  const task = tasks.find(({ id }) => id === chosen);
  const userOf = (id: number) => (id === session.value?.user_id ? t("config.tasks.me") : nameOf(id));
  return (
    <>
      <div class="card">
        <table class="list list-stacked">
          <thead>
            <tr>
              <th scope="col">{t("config.tasks.started")}</th>
              <th scope="col">{t("config.tasks.status")}</th>
              <th scope="col" class="wide-only">
                {t("config.tasks.by")}
              </th>
              <th scope="col" class="wide-only right">
                {t("config.tasks.items")}
              </th>
              <th scope="col">{t("config.revision")}</th>
              <th scope="col">
                <span class="away">{t("config.difference")}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {tasks.map((each) => (
              <tr key={each.id} aria-selected={each.id === chosen}>
                <th scope="row">
                  {formatTime(each.createdTimestamp)}
                  <span class="quiet"> {kindOf(each)}</span>
                </th>
                <td class="wrap">
                  <TaskStatus of={each} />{" "}
                  {each.message && <span class="quiet">{each.message}</span>}
                </td>
                <td class="wide-only quiet">{userOf(each.user_id)}</td>
                <td class="wide-only right">{itemsOf(each)}</td>
                <td>
                  {each.revision && (
                    <a href={comparing(each.revision - 1, each.revision)}>{t("config.number", { n: each.revision })}</a>
                  )}
                </td>
                <td class="right">
                  {(each.revision || (each.dry_run && !OPEN.includes(each.status) && !each.message)) && (
                    <a
                      class="button button-small"
                      href={link(["configuration", "tasks"], { cursor, task: each.id === chosen ? "" : each.id })}
                      aria-expanded={each.id === chosen}
                    >
                      {t("config.difference")}
                    </a>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {task && <TaskChanges key={task.id} task={task} />}
    </>
  );
}

function TaskChanges({ task }: { task: Task }) {
  const changes = useLoad(() => changesOfTask(task.id), task.id);
  return (
    <section class="stack" aria-live="polite">
      <h2>
        {t("config.difference")} <span class="quiet">{formatTime(task.createdTimestamp)}</span>
      </h2>
      <Load of={changes}>
        {(found) => <Changes changes={found} before={t("config.before")} after={t("config.after")} />}
      </Load>
    </section>
  );
}

function TaskStatus({ of: { status, failed, message } }: { of: Task }) {
  // The others have been applied.
  if (status === "error" && failed && !message) return <span class="tag tag-warn">{t("config.task.partly")}</span>;
  return <span class={TAGS[status] ?? "tag"}>{t(`config.task.${status}`)}</span>;
}

function kindOf({ dry_run, mode }: Task): string {
  const words: Word[] = [];
  if (dry_run) words.push("config.tasks.dry");
  if (mode) words.push(mode === "full" ? "config.tasks.full" : "config.tasks.partial");
  return words.map((word) => t(word)).join(", ");
}

function itemsOf({ total, failed }: Task): string {
  return failed ? t("config.tasks.failed", { total, failed }) : formatNumber(total);
}
