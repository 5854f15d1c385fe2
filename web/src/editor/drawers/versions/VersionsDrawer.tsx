/** Versions of the workflow that is edited: what each changed, against the draft or the one before, and the way back. */
import { Badge, Button, Group, ScrollArea, SegmentedControl, Stack, Text, UnstyledButton } from "@mantine/core";
import { IconHistory } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type VersionOut } from "@/api";
import { useMemberNames } from "@/screens/workflows/members";
import { Ago } from "@/shared/Ago";
import { Confirm } from "@/shared/Confirm";
import { EmptyState } from "@/shared/EmptyState";
import { ProblemNote } from "@/shared/ProblemNote";
import { useAct } from "@/shared/act";
import { usePages } from "@/shared/pages";
import { useEditor } from "../../store";
import { Changes } from "./Changes";
import classes from "./Versions.module.css";

/** The list itself, for whoever has a place of their own for it. */
export function Versions() {
  const { t } = useTranslation("versions");
  const workflow = useEditor((state) => state.workflow);
  const [shown, setShown] = useState<number | null>(null);
  const pages = usePages(["versions", workflow.id, workflow.versions], (cursor) =>
    api.listVersions({ path: { workflow: workflow.id }, query: cursor ? { cursor } : {} }),
  );
  if (pages.error !== null) return <ProblemNote error={pages.error} />;
  if (pages.items?.length === 0) return <EmptyState title={t("none.title")} text={t("none.text")} icon={<IconHistory size={40} />} />;
  return (
    <ScrollArea.Autosize mah="calc(100dvh - 90px)">
      <Stack gap="xs">
        {pages.items?.map((one) => (
          <Version
            key={one.number}
            version={one}
            published={workflow.published === one.number}
            open={shown === one.number}
            onOpen={() => setShown(shown === one.number ? null : one.number)}
          />
        ))}
        {pages.more !== null && (
          <Button variant="subtle" onClick={pages.more} loading={pages.loadingMore}>
            {t("common:more")}
          </Button>
        )}
      </Stack>
    </ScrollArea.Autosize>
  );
}

interface VersionProps {
  version: VersionOut;
  published: boolean;
  open: boolean;
  onOpen: () => void;
}

function Version({ version, published, open, onOpen }: VersionProps) {
  const { t } = useTranslation("versions");
  const names = useMemberNames();
  const readOnly = useEditor((state) => state.readOnly);
  const [against, setAgainst] = useState<"draft" | "before">("draft");
  const [restoring, setRestoring] = useState(false);
  return (
    <div className={classes.version} data-open={open}>
      <UnstyledButton className={classes.head} onClick={onOpen} aria-expanded={open}>
        <Group justify="space-between" gap="xs">
          <Text fw={600}>{t("version", { number: version.number })}</Text>
          {published && (
            <Badge color="teal" variant="light" tt="none">
              {t("published")}
            </Badge>
          )}
        </Group>
        <Text size="xs" c="var(--studio-muted)">
          <bdi>{names(version.by)}</bdi> · <Ago at={version.at} />
        </Text>
        {version.note !== "" && <Text size="sm">{version.note}</Text>}
      </UnstyledButton>
      {open && (
        <Stack gap="xs" className={classes.body}>
          <SegmentedControl
            size="xs"
            aria-label={t("against")}
            value={against}
            onChange={(value) => setAgainst(value === "before" ? "before" : "draft")}
            data={[
              { value: "draft", label: t("against_draft") },
              { value: "before", label: t("against_before"), disabled: version.number === 1 },
            ]}
          />
          <Changes
            old={String(against === "draft" ? version.number : version.number - 1)}
            now={against === "draft" ? "draft" : String(version.number)}
          />
          {!readOnly && (
            <Button size="xs" variant="default" onClick={() => setRestoring(true)}>
              {t("restore.button")}
            </Button>
          )}
        </Stack>
      )}
      <Restore number={version.number} opened={restoring} onClose={() => setRestoring(false)} />
    </div>
  );
}

function Restore({ number, opened, onClose }: { number: number; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation("versions");
  const workflow = useEditor((state) => state.workflow.id);
  const restore = useAct(
    async () => {
      await useEditor.getState().flush();
      await api.restoreVersion({ path: { workflow, number } });
    },
    { changes: [["versions"], ["changes"]], quiet: true, said: t("restore.done", { number }), after: onClose },
  );
  return (
    <Confirm
      title={t("restore.title", { number })}
      text={t("restore.text")}
      submit={t("restore.submit")}
      opened={opened}
      onClose={onClose}
      onConfirm={() => restore.mutate()}
      busy={restore.isPending}
      error={restore.error}
    />
  );
}
