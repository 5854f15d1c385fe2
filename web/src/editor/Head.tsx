import { ActionIcon, Anchor, Avatar, Button, Popover, Textarea, TextInput, Tooltip, Stack, Text } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import { Link, useSearch } from "@tanstack/react-router";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconArrowBackUp, IconArrowForwardUp, IconChevronRight, IconLayoutSidebarLeftExpand, IconRocket } from "@tabler/icons-react";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { api, isProblem } from "@/api";
import { useCan } from "@/app/session";
import { OpenButton } from "@/inspector/workflow/OpenButton";
import { tell, tellProblem } from "@/shared/told";

import { useCanvasUi } from "./canvas/ui";
import { useEditor } from "./store";
import classes from "./Editor.module.css";
import { SaveState } from "./SaveState";

/** The head of the editor: which workflow, whether it is saved, what can be taken back, and who else is here. */
export function Head({ children }: { children: ReactNode }) {
  const { t } = useTranslation("editor");
  const name = useEditor((state) => state.workflow.name);
  const palette = useCanvasUi((state) => state.palette);
  useDocumentTitle(`${name} · Studio`);
  return (
    <div className={classes.head}>
      {!palette && (
        <Tooltip label={t("show_nodes")}>
          <ActionIcon variant="subtle" color="gray" aria-label={t("show_nodes")} onClick={() => useCanvasUi.getState().show({ palette: true })}>
            <IconLayoutSidebarLeftExpand size={18} className={classes.flip ?? ""} />
          </ActionIcon>
        </Tooltip>
      )}
      <Crumbs />
      <SaveState />
      <Steps />
      <OpenButton />
      <span className={classes.fill} />
      <People />
      {children}
      <Publish />
    </div>
  );
}

function Crumbs() {
  const { t } = useTranslation("editor");
  const { from } = useSearch({ from: "/inside/workflows/$workflow" });
  const way = (from ?? "").split(",").filter((one) => one !== "");
  return (
    <nav className={classes.crumbs} aria-label={t("crumbs")}>
      {way.map((id, at) => (
        <Crumb key={id} id={id} from={way.slice(0, at).join(",")} />
      ))}
      <Name />
    </nav>
  );
}

function Crumb({ id, from }: { id: string; from: string }) {
  const { data } = useQuery({ queryKey: ["workflow", id], queryFn: async () => (await api.showWorkflow({ path: { workflow: id } })).data });
  return (
    <>
      <Anchor size="sm" component={Link} to="/workflows/$workflow" params={{ workflow: id } as never} search={(from === "" ? {} : { from }) as never}>
        {data?.name ?? "…"}
      </Anchor>
      <IconChevronRight size={14} className={classes.flip ?? ""} aria-hidden />
    </>
  );
}

function Name() {
  const { t } = useTranslation("editor");
  const name = useEditor((state) => state.workflow.name);
  const readOnly = useEditor((state) => state.readOnly);
  const keep = (text: string): void => {
    if (text.trim() !== "" && text.trim() !== name) useEditor.getState().apply([{ op: "set", path: ["name"], value: text.trim() }]);
  };
  return (
    <TextInput
      key={name}
      variant="unstyled"
      size="sm"
      className={classes.name ?? ""}
      classNames={{ input: classes.nameField ?? "" }}
      defaultValue={name}
      readOnly={readOnly}
      aria-label={t("name")}
      maxLength={200}
      onBlur={(event) => keep(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.value = name;
        if (event.key === "Enter" || event.key === "Escape") event.currentTarget.blur();
      }}
    />
  );
}

function Steps() {
  const { t } = useTranslation("editor");
  const { steps, readOnly, undo, redo } = useEditor();
  if (readOnly) return null;
  return (
    <ActionIcon.Group dir="ltr">
      <Tooltip label={t("undo")}>
        <ActionIcon variant="default" aria-label={t("undo")} disabled={steps.undo === 0} onClick={undo}>
          <IconArrowBackUp size={16} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t("redo")}>
        <ActionIcon variant="default" aria-label={t("redo")} disabled={steps.redo === 0} onClick={redo}>
          <IconArrowForwardUp size={16} />
        </ActionIcon>
      </Tooltip>
    </ActionIcon.Group>
  );
}

/** Who else has the workflow open, once each. */
function People() {
  const { t } = useTranslation("editor");
  const others = useEditor((state) => state.others);
  const people = [...new Map(others.map((one) => [one.account, one])).values()];
  if (people.length === 0) return null;
  return (
    <Avatar.Group spacing="xs" aria-label={t("people", { count: people.length })} role="img">
      {people.slice(0, 5).map((one) => (
        <Tooltip key={one.account} label={one.name}>
          <Avatar size={28} name={one.name} style={{ outline: `2px solid ${one.colour}`, outlineOffset: -1 }} />
        </Tooltip>
      ))}
      {people.length > 5 && <Avatar size={28}>+{people.length - 5}</Avatar>}
    </Avatar.Group>
  );
}

function Publish() {
  const { t } = useTranslation("editor");
  const can = useCan();
  const { workflow, problems, readOnly } = useEditor();
  const [open, setOpen] = useState(false);
  const errors = problems.filter((one) => one.severity === "error").length;
  if (readOnly || !can("workflow.publish", workflow.folder)) return null;
  return (
    <Popover opened={open} onChange={setOpen} width={320} position="bottom-end" trapFocus returnFocus shadow="md">
      <Popover.Target>
        <Button size="xs" leftSection={<IconRocket size={15} />} onClick={() => setOpen(!open)}>
          {t("publish.button")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        {errors > 0 ? (
          <Stack gap="sm">
            <Text size="sm">{t("publish.errors", { count: errors })}</Text>
            <Button
              size="xs"
              variant="light"
              color="red"
              onClick={() => {
                setOpen(false);
                useCanvasUi.getState().show({ drawer: "problems" });
              }}
            >
              {t("publish.show")}
            </Button>
          </Stack>
        ) : (
          <PublishForm done={() => setOpen(false)} />
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function PublishForm({ done }: { done: () => void }) {
  const { t } = useTranslation("editor");
  const queries = useQueryClient();
  const [note, setNote] = useState("");
  const [busy, setBusy] = useState(false);
  const published = useEditor((state) => state.workflow.published);
  const publish = async (): Promise<void> => {
    setBusy(true);
    try {
      await useEditor.getState().flush();
      const { workflow, revision, refresh } = useEditor.getState();
      const path = { workflow: workflow.id };
      const { data } = await api.publishWorkflow({ path, body: { note }, headers: { "If-Match": `"${revision}"` } });
      refresh((await api.showWorkflow({ path })).data);
      await queries.invalidateQueries({ queryKey: ["workflows"] });
      tell(t("publish.done", { number: data.version.number }));
      done();
    } catch (error) {
      tellProblem(error);
      if (isProblem(error) && error.status === 422) useCanvasUi.getState().show({ drawer: "problems" });
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void publish();
      }}
    >
      <Stack gap="sm">
        <Text size="xs" c="var(--studio-muted)">
          {published === null ? t("publish.first") : t("publish.next", { number: published })}
        </Text>
        <Textarea label={t("publish.note")} value={note} onChange={(event) => setNote(event.currentTarget.value)} autosize minRows={2} maxLength={2000} data-autofocus />
        <Button type="submit" size="xs" loading={busy}>{t("publish.button")}</Button>
      </Stack>
    </form>
  );
}
