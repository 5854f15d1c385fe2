import { Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { api, type ExecutionOut } from "@/api";
import { useCan } from "@/app/session";
import { useFormat } from "@/i18n/format";
import classes from "./RecentRuns.module.css";

const COUNT = 10;
const MOST = 100;

interface Props {
  workflow: string;
  /** Every workflow of the list: what all of them did is asked for at once. */
  among: readonly string[];
}

/** The last executions of a workflow as a small bar, the newest at the end. */
export function RecentRuns({ workflow, among }: Props) {
  const { t } = useTranslation("workflows");
  const can = useCan();
  const asked = chunkOf(among, workflow);
  const { data } = useQuery({
    queryKey: ["executions", "recent", asked],
    queryFn: async () => (await api.listRecentExecutions({ query: { workflow: asked, count: COUNT } })).data.workflows,
    enabled: can("execution.view"),
    refetchInterval: 15_000,
  });
  const runs = data?.[workflow] ?? [];
  if (runs.length === 0) return null;
  return (
    <ul className={classes.bar} aria-label={t("runs.label", { count: runs.length })}>
      {Array.from({ length: COUNT - runs.length }, (_, index) => (
        <li key={index} className={classes.none} aria-hidden />
      ))}
      {runs.toReversed().map((one) => (
        <Run key={one.id} run={one} />
      ))}
    </ul>
  );
}

function Run({ run }: { run: ExecutionOut }) {
  const { t } = useTranslation("workflows");
  const format = useFormat();
  const said = t("runs.one", { status: t(`status.${run.status}`), when: format.moment(run.accepted_at) });
  return (
    <li>
      <Tooltip label={said}>
        <Link
          to="/executions/$execution"
          params={{ execution: run.id }}
          className={classes.run}
          data-status={run.status}
          aria-label={said}
        />
      </Tooltip>
    </li>
  );
}

/** The hundred that one is among, so that lists that grow ask again only for what is new. */
function chunkOf(among: readonly string[], one: string): string[] {
  const start = Math.floor(Math.max(0, among.indexOf(one)) / MOST) * MOST;
  return among.slice(start, start + MOST);
}
