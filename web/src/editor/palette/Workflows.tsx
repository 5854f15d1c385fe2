import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api } from "@/api";
import { ProblemNote } from "@/shared/ProblemNote";

import { useEditor } from "../store";
import { Entry } from "./PaletteNode";
import classes from "./Palette.module.css";

/** Workflows, each to be called as a node. */
export function Workflows({ words }: { words: string }) {
  const { t } = useTranslation("canvas");
  const own = useEditor((state) => state.workflow.id);
  const { data, error } = useQuery({
    queryKey: ["workflows", "palette", words],
    queryFn: async () => (await api.listWorkflows({ query: { limit: 50, ...(words.trim() === "" ? {} : { q: words.trim() }) } })).data,
    placeholderData: (before) => before,
  });
  const found = (data?.items ?? []).filter((one) => one.id !== own && one.state === "active");
  return (
    <>
      <ProblemNote error={error} />
      {found.map((one) => (
        <Entry
          key={one.id}
          title={one.name}
          text={one.description === "" ? one.key : one.description}
          icon="flow.call"
          category="flow"
          made={{ type: "flow.call", title: one.name, params: { workflow: one.key } }}
        />
      ))}
      {data !== undefined && found.length === 0 && <p className={classes.none}>{t("palette.no_workflows")}</p>}
    </>
  );
}
