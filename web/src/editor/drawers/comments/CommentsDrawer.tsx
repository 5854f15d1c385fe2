/** What is said about the workflow and its nodes. */
import { Badge, Button, Group, ScrollArea, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconMessage } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type ThreadOut } from "@/api";
import { useCan } from "@/app/session";
import { EmptyState } from "@/shared/EmptyState";
import { ProblemNote } from "@/shared/ProblemNote";
import { useAct } from "@/shared/act";
import { usePages } from "@/shared/pages";
import { useEditor } from "../../store";
import { Thread } from "./Thread";
import { WriteComment } from "./WriteComment";

/** The threads themselves, for whoever has a place of their own for them. */
export function Comments() {
  const { t } = useTranslation("comments");
  const can = useCan();
  const workflow = useEditor((state) => state.workflow.id);
  const node = useEditor((state) => (state.selection.length === 1 ? (state.selection[0] ?? null) : null));
  const [state, setState] = useState<"open" | "resolved">("open");
  const [only, setOnly] = useState(false);
  const about = only ? node : null;
  const pages = usePages(["comments", workflow, state, about], (cursor) =>
    api.listThreads({ query: { workflow, state, ...(about === null ? {} : { node: about }), ...(cursor ? { cursor } : {}) } }),
  );
  useFollowing(workflow);
  useReading(workflow, pages.items);
  const begin = useAct((text: string) => api.beginThread({ body: { workflow, node, text } }), { changes: [["comments"]], quiet: true });
  return (
    <Stack gap="sm">
      {can("comment.write") && (
        <WriteComment
          key={node ?? ""}
          label={node === null ? t("write.workflow") : t("write.node", { node })}
          submit={t("write.send")}
          busy={begin.isPending}
          error={begin.error}
          onSend={(text, done) => begin.mutate(text, { onSuccess: done })}
        />
      )}
      <Group justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={t("which")}
          value={state}
          onChange={(value) => setState(value === "resolved" ? "resolved" : "open")}
          data={[
            { value: "open", label: t("open") },
            { value: "resolved", label: t("resolved") },
          ]}
        />
        {node !== null && (
          <Button size="compact-xs" variant={only ? "filled" : "default"} onClick={() => setOnly(!only)} aria-pressed={only}>
            {t("only", { node })}
          </Button>
        )}
      </Group>
      <ProblemNote error={pages.error} />
      {pages.items?.length === 0 && <EmptyState title={t("none.title")} text={t("none.text")} icon={<IconMessage size={36} />} />}
      <ScrollArea.Autosize mah="calc(100dvh - 330px)">
        <Stack gap="xs" component="ul" p={0} m={0} style={{ listStyle: "none" }}>
          {pages.items?.map((one) => (
            <li key={one.id}>
              <About thread={one} />
              <Thread thread={one} />
            </li>
          ))}
        </Stack>
      </ScrollArea.Autosize>
      {pages.more !== null && (
        <Button variant="subtle" size="xs" onClick={pages.more} loading={pages.loadingMore}>
          {t("common:more")}
        </Button>
      )}
    </Stack>
  );
}

/** What a thread is about, and a way there. */
function About({ thread }: { thread: ThreadOut }) {
  const { t } = useTranslation("comments");
  const { node } = thread;
  return (
    <Group gap={6} mb={2}>
      {node === null ? (
        <Text size="xs" c="var(--studio-muted)">
          {thread.version === null ? t("about.workflow") : t("about.version", { number: thread.version })}
        </Text>
      ) : (
        <Button size="compact-xs" variant="subtle" disabled={thread.detached} onClick={() => useEditor.getState().select([node])}>
          <bdi>{node}</bdi>
        </Button>
      )}
      {thread.detached && (
        <Badge size="xs" color="gray" tt="none" variant="light">
          {t("about.gone")}
        </Badge>
      )}
      {thread.unread > 0 && (
        <Badge size="xs" tt="none">
          {t("unread", { count: thread.unread })}
        </Badge>
      )}
    </Group>
  );
}

/** Ask again when the editor's live stream tells of a comment. */
function useFollowing(workflow: string): void {
  const queries = useQueryClient();
  useEffect(() => {
    const heard = (): void => void queries.invalidateQueries({ queryKey: ["comments", workflow] });
    window.addEventListener("studio:comment", heard);
    return () => window.removeEventListener("studio:comment", heard);
  }, [queries, workflow]);
}

/** What has been looked at for a moment is read. */
function useReading(workflow: string, threads: readonly ThreadOut[] | undefined): void {
  const queries = useQueryClient();
  const unread = (threads ?? []).filter((one) => one.unread > 0).map((one) => one.id).join(" ");
  useEffect(() => {
    if (unread === "") return undefined;
    const timer = setTimeout(async () => {
      await api.markRead({ body: { workflow, threads: unread.split(" ") } }).catch(() => undefined);
      await queries.invalidateQueries({ queryKey: ["comments", workflow] });
    }, 2_000);
    return () => clearTimeout(timer);
  }, [queries, workflow, unread]);
}
