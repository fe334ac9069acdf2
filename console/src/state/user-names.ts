import { listUsers } from "../api/users";
import { useLoad } from "../parts/load";
import { t } from "../words";

/** What users are called, of those whom an owner may list; nobody is asked for where `wanted` is false. */
export function useUserNames(wanted: boolean): (id: number) => string {
  const users = useLoad(async () => (wanted ? (await listUsers()).users : []), wanted).data;
  return (id) => {
    const user = users?.find(({ user_id }) => user_id === id);
    return user ? user.name || user.email : t("jobs.by.other", { n: id });
  };
}
