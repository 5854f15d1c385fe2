import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api, type RolesOut } from "@/api";

const BUILT_IN = new Set(["admin", "editor", "viewer", "service"]);

/** Roles of the workspace: their names as one chooses among them. */
export function useRoles(): { roles: RolesOut | undefined; name: (id: string) => string; choices: { value: string; label: string }[] } {
  const { t } = useTranslation("members");
  const { data } = useQuery({ queryKey: ["roles"], queryFn: async () => (await api.listRoles()).data });
  const name = (id: string): string => {
    if (BUILT_IN.has(id)) return t(`role.${id}`);
    return data?.items.find((one) => one.id === id)?.name ?? id;
  };
  const choices = (data?.items ?? []).map((one) => ({ value: one.id, label: name(one.id) }));
  return { roles: data, name, choices };
}
