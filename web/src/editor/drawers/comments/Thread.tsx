import { ActionIcon, Button, Group, Menu, Paper, Stack, Text } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type CommentOut, type ThreadOut } from "@/api";
import { useCan, useSession } from "@/app/session";
import { useMemberNames } from "@/screens/workflows/members";
import { Ago } from "@/shared/Ago";
import { useAct } from "@/shared/act";
import { pieces } from "./mentions";
import { WriteComment } from "./WriteComment";

const CHANGES = [["comments"]];

/** Comments in the order in which they were made, and what can be done about them. */
export function Thread({ thread }: { thread: ThreadOut }) {
  const { t } = useTranslation("comments");
  const can = useCan();
  const [replying, setReplying] = useState(false);
  const path = { thread: thread.id };
  const reply = useAct((text: string) => api.replyToThread({ path, body: { text } }), { changes: CHANGES, quiet: true });
  const settle = useAct(() => (thread.resolved ? api.reopenThread({ path }) : api.resolveThread({ path })), { changes: CHANGES });
  return (
    <Paper withBorder p="sm">
      <Stack gap="sm">
        {thread.comments.map((one) => (
          <Comment key={one.number} thread={thread} comment={one} />
        ))}
        {replying && (
          <WriteComment
            label={t("reply.label")}
            submit={t("reply.send")}
            busy={reply.isPending}
            error={reply.error}
            onSend={(text, done) =>
              reply.mutate(text, {
                onSuccess: () => {
                  done();
                  setReplying(false);
                },
              })
            }
          />
        )}
        {can("comment.write") && (
          <Group gap="xs">
            {!replying && !thread.resolved && (
              <Button size="compact-xs" variant="subtle" onClick={() => setReplying(true)}>
                {t("reply.button")}
              </Button>
            )}
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => settle.mutate()} loading={settle.isPending}>
              {thread.resolved ? t("reopen") : t("resolve")}
            </Button>
          </Group>
        )}
      </Stack>
    </Paper>
  );
}

function Comment({ thread, comment }: { thread: ThreadOut; comment: CommentOut }) {
  const { t } = useTranslation("comments");
  const [editing, setEditing] = useState(false);
  const path = { thread: thread.id, number: comment.number };
  const change = useAct((text: string) => api.changeComment({ path, body: { text } }), { changes: CHANGES, quiet: true });
  if (editing) {
    return (
      <WriteComment
        label={t("edit.label")}
        submit={t("edit.send")}
        first={comment.text ?? ""}
        busy={change.isPending}
        error={change.error}
        onSend={(text) => change.mutate(text, { onSuccess: () => setEditing(false) })}
        onCancel={() => setEditing(false)}
      />
    );
  }
  return (
    <div>
      <Group justify="space-between" wrap="nowrap" gap={4}>
        <Text size="sm" truncate>
          <Text component="bdi" fw={600}>
            {comment.name}
          </Text>{" "}
          <Text component="span" size="xs" c="var(--studio-muted)">
            <Ago at={comment.at} />
            {comment.edited_at !== null && ` · ${t("edited")}`}
          </Text>
        </Text>
        <CommentMenu thread={thread} comment={comment} onEdit={() => setEditing(true)} />
      </Group>
      {comment.deleted ? (
        <Text size="sm" c="var(--studio-muted)" fs="italic">
          {t("deleted")}
        </Text>
      ) : (
        <Words text={comment.text ?? ""} />
      )}
    </div>
  );
}

/** The text as it was typed; who is mentioned in it is shown by name. */
function Words({ text }: { text: string }) {
  const names = useMemberNames();
  return (
    <Text size="sm" dir="auto" style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
      {pieces(text).map((one, index) =>
        one.mention === undefined ? (
          one.text
        ) : (
          <Text key={`${one.mention} ${index}`} component="bdi" c="indigo" fw={600}>
            @{names(one.mention)}
          </Text>
        ),
      )}
    </Text>
  );
}

function CommentMenu({ thread, comment, onEdit }: { thread: ThreadOut; comment: CommentOut; onEdit: () => void }) {
  const { t } = useTranslation("comments");
  const can = useCan();
  const { account } = useSession();
  const remove = useAct(() => api.deleteComment({ path: { thread: thread.id, number: comment.number } }), { changes: CHANGES });
  const own = comment.by === account.id;
  if (comment.deleted || !(own || can("member.manage"))) return null;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon size="sm" variant="subtle" color="gray" aria-label={t("menu", { name: comment.name })}>
          <IconDots size={14} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {own && <Menu.Item onClick={onEdit}>{t("edit.button")}</Menu.Item>}
        <Menu.Item color="red" onClick={() => remove.mutate()}>
          {t("delete")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
