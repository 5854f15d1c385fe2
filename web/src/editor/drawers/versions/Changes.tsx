/** What is different between two versions: by node, what it was and what it is. */
import { Badge, Button, Code, Group, Loader, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { api } from "@/api";
import { ProblemNote } from "@/shared/ProblemNote";
import { useEditor } from "../../store";
import { byNode, shown, type Change, type NodeChanges } from "./grouping";
import classes from "./Versions.module.css";

const COLOURS = { added: "teal", removed: "red", changed: "blue", renamed: "violet" } as const;

export function Changes({ old, now }: { old: string; now: string }) {
  const { t } = useTranslation("versions");
  const workflow = useEditor((state) => state.workflow.id);
  const revision = useEditor((state) => state.revision);
  const found = useQuery({
    queryKey: ["changes", workflow, old, now, now === "draft" ? revision : 0],
    queryFn: async () => (await api.compareVersions({ path: { workflow }, query: { old, new: now } })).data,
  });
  if (found.error !== null) return <ProblemNote error={found.error} />;
  if (found.data === undefined) return <Loader size="sm" />;
  const nodes = byNode(found.data.changes);
  if (nodes.length === 0) return <Text size="sm">{t("same")}</Text>;
  return (
    <Stack gap="xs" component="ul" className={classes.changes}>
      {nodes.map((one) => (
        <Node key={`${one.node} ${one.kind}`} found={one} />
      ))}
    </Stack>
  );
}

function Node({ found }: { found: NodeChanges }) {
  const { t } = useTranslation("versions");
  const there = useEditor((state) => found.node !== null && found.node in state.document.nodes);
  const open = (): void => {
    if (found.node === null) return;
    useEditor.getState().select([found.node]);
    useEditor.getState().open(found.node);
  };
  return (
    <li className={classes.node} data-kind={found.kind}>
      <Group gap={6}>
        <Badge size="xs" color={COLOURS[found.kind]} variant="light" tt="none">
          {t(`kind.${found.kind}`)}
        </Badge>
        {there ? (
          <Button size="compact-xs" variant="subtle" onClick={open}>
            <bdi>{found.node}</bdi>
          </Button>
        ) : (
          <Text size="sm" fw={600} component="bdi">
            {found.node ?? t("workflow")}
          </Text>
        )}
      </Group>
      {found.values.map((one) => (
        <Value key={`${one.what} ${one.path ?? ""} ${shown(one.new)}`} change={one} />
      ))}
    </li>
  );
}

function Value({ change }: { change: Change }) {
  const { t } = useTranslation("versions");
  return (
    <div className={classes.value}>
      <Text size="xs" c="var(--studio-muted)">
        {change.what === "edge" ? t("edge") : <bdi dir="ltr">{change.path}</bdi>}
      </Text>
      {change.old !== undefined && change.old !== null && (
        <Code block className={classes.old} dir="ltr">
          <span className="visually-hidden">{t("was")}</span>
          {shown(change.old)}
        </Code>
      )}
      {change.new !== undefined && change.new !== null && (
        <Code block className={classes.new} dir="ltr">
          <span className="visually-hidden">{t("is")}</span>
          {shown(change.new)}
        </Code>
      )}
    </div>
  );
}
