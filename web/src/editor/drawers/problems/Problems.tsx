import { Text, UnstyledButton } from "@mantine/core";
import { IconAlertTriangle, IconCircleCheck, IconExclamationCircle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import type { ProblemOut } from "@/api";

import { showNode } from "../../canvas/view";
import { useEditor } from "../../store";
import classes from "./Problems.module.css";

/** Everything that is wrong with the draft; each leads to where it is. */
export function Problems() {
  const { t } = useTranslation("canvas");
  const problems = useEditor((state) => state.problems);
  if (problems.length === 0) {
    return (
      <div className={classes.none} role="status">
        <IconCircleCheck size={20} aria-hidden /> {t("problems.none")}
      </div>
    );
  }
  return (
    <ul className={classes.list} aria-label={t("problems.title")}>
      {problems.map((one, at) => (
        <li key={`${at}${one.code}`}>
          <Problem problem={one} />
        </li>
      ))}
    </ul>
  );
}

function Problem({ problem }: { problem: ProblemOut }) {
  const bad = problem.severity === "error";
  const where = [problem.node, problem.param].filter((one) => one != null && one !== "").join(" · ");
  return (
    <UnstyledButton className={classes.problem} onClick={() => jump(problem)} data-node={problem.node ?? undefined}>
      <span className={classes.sign} data-bad={bad || undefined} aria-hidden>
        {bad ? <IconExclamationCircle size={18} /> : <IconAlertTriangle size={18} />}
      </span>
      <span className={classes.words}>
        <span>{problem.message}</span>
        {where !== "" && <Text component="span" size="xs" c="var(--studio-muted)" ff="monospace" dir="ltr">{where}</Text>}
      </span>
    </UnstyledButton>
  );
}

/** Go to the node, and to the param within it. */
function jump({ node, param }: ProblemOut): void {
  const { open } = useEditor.getState();
  if (node == null || node === "") {
    open("", param ?? undefined);
    return;
  }
  showNode(node);
  open(node, param ?? undefined);
}
