import { ActionIcon, Menu } from "@mantine/core";
import { IconArchive, IconArrowBackUp, IconCopy, IconDots, IconDownload, IconTrash } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { api, type WorkflowOut } from "@/api";
import { useCan } from "@/app/session";
import { Confirm } from "@/shared/Confirm";
import { useAct } from "@/shared/act";

const CHANGES = [["workflows"]];

/** What can be done with a workflow as a whole. */
export function WorkflowMenu({ workflow }: { workflow: WorkflowOut }) {
  const { t } = useTranslation("workflows");
  const can = useCan();
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState(false);
  const path = { workflow: workflow.id };
  const duplicate = useAct(async () => (await api.duplicateWorkflow({ path, body: {} })).data, {
    changes: CHANGES,
    after: (made) => void navigate({ to: "/workflows/$workflow", params: { workflow: made.id } }),
  });
  const archive = useAct(() => api.archiveWorkflow({ path }), { changes: CHANGES, said: t("menu.archived") });
  const unarchive = useAct(() => api.unarchiveWorkflow({ path }), { changes: CHANGES, said: t("menu.unarchived") });
  const remove = useAct(() => api.deleteWorkflow({ path }), {
    changes: CHANGES,
    said: t("menu.deleted"),
    quiet: true,
    after: () => setDeleting(false),
  });
  const undelete = useAct(() => api.undeleteWorkflow({ path }), { changes: CHANGES, said: t("menu.undeleted") });
  const mayEdit = can("workflow.edit", workflow.folder);
  const mayDelete = can("workflow.delete", workflow.folder);
  return (
    <>
      <Menu position="bottom-end" withinPortal>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={t("menu.label", { name: workflow.name })}>
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {workflow.state === "deleted" && mayDelete && (
            <Menu.Item leftSection={<IconArrowBackUp size={16} />} onClick={() => undelete.mutate()}>
              {t("menu.undelete")}
            </Menu.Item>
          )}
          {workflow.state !== "deleted" && mayEdit && (
            <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => duplicate.mutate()}>
              {t("menu.duplicate")}
            </Menu.Item>
          )}
          {workflow.state !== "deleted" && (
            <Menu.Item
              component="a"
              href={`/api/v1/workflows/${workflow.id}/export`}
              download
              leftSection={<IconDownload size={16} />}
            >
              {t("menu.export")}
            </Menu.Item>
          )}
          {workflow.state === "active" && mayEdit && (
            <Menu.Item leftSection={<IconArchive size={16} />} onClick={() => archive.mutate()}>
              {t("menu.archive")}
            </Menu.Item>
          )}
          {workflow.state === "archived" && mayEdit && (
            <Menu.Item leftSection={<IconArrowBackUp size={16} />} onClick={() => unarchive.mutate()}>
              {t("menu.unarchive")}
            </Menu.Item>
          )}
          {workflow.state !== "deleted" && mayDelete && (
            <Menu.Item color="red" leftSection={<IconTrash size={16} />} onClick={() => setDeleting(true)}>
              {t("menu.delete")}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <Confirm
        title={t("delete.title", { name: workflow.name })}
        text={t("delete.text")}
        submit={t("menu.delete")}
        opened={deleting}
        onClose={() => setDeleting(false)}
        onConfirm={() => remove.mutate()}
        busy={remove.isPending}
        error={remove.error}
      />
    </>
  );
}
