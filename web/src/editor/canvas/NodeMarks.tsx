import { Tooltip } from "@mantine/core";
import { IconAlertTriangleFilled, IconExclamationCircleFilled } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { BreakpointDot, NodeBadge } from "@/debugger/NodeBadge";

import { useEditor } from "../store";
import { othersAt, problemsOf } from "./marks";
import classes from "./Node.module.css";

/** What is wrong with a node, and who else is at it. */
export function NodeMarks({ path }: { path: string }) {
  return (
    <>
      <ProblemMark path={path} />
      <span className={classes.badge}>
        <NodeBadge node={path} />
      </span>
      <BreakpointDot node={path} />
      <Others path={path} />
    </>
  );
}

function ProblemMark({ path }: { path: string }) {
  const { t } = useTranslation("canvas");
  const problems = useEditor((state) => problemsOf(state.problems, path));
  const [first] = problems;
  if (first === undefined) return null;
  const bad = problems.some((one) => one.severity === "error");
  const label = problems.length === 1 ? first.message : t("problems_of_node", { count: problems.length });
  return (
    <Tooltip label={label} multiline maw={320}>
      <button
        type="button"
        className={`${classes.problem} nodrag`}
        data-bad={bad || undefined}
        aria-label={label}
        onClick={(event) => {
          event.stopPropagation();
          useEditor.getState().open(path, first.param ?? undefined);
        }}
      >
        {bad ? <IconExclamationCircleFilled size={18} /> : <IconAlertTriangleFilled size={16} />}
      </button>
    </Tooltip>
  );
}

function Others({ path }: { path: string }) {
  const others = useEditor((state) => othersAt(state.others, path));
  const [first] = others;
  if (first === undefined) return null;
  return (
    <span className={classes.others} style={{ ["--who" as string]: first.colour }} aria-hidden>
      <span className={classes.who}>{others.map((one) => one.name).join(", ")}</span>
    </span>
  );
}
