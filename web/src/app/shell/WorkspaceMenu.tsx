import { Button, Menu, Text } from "@mantine/core";
import { IconCheck, IconChevronDown } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { api } from "@/api";
import { tellProblem } from "@/shared/told";
import { begin, useSession } from "../session";

/** In which workspace one is, and a way to another one. */
export function WorkspaceMenu() {
  const { t } = useTranslation("shell");
  const session = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const present = session.workspaces.find((one) => one.id === session.workspace);
  if (session.workspaces.length < 2) {
    return (
      <Text size="sm" c="var(--studio-muted)" truncate maw={180}>
        {present?.name}
      </Text>
    );
  }
  const choose = async (workspace: string): Promise<void> => {
    try {
      const { data } = await api.changeSession({ body: { workspace } });
      await begin(queries, data);
      await navigate({ to: "/workflows" });
    } catch (error) {
      tellProblem(error);
    }
  };
  return (
    <Menu position="bottom-start" width={260}>
      <Menu.Target>
        <Button variant="subtle" size="compact-sm" rightSection={<IconChevronDown size={14} />} maw={220}>
          {present?.name ?? t("workspace.none")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{t("workspace.label")}</Menu.Label>
        {session.workspaces.map((one) => (
          <Menu.Item
            key={one.id}
            leftSection={one.id === session.workspace ? <IconCheck size={16} /> : <span style={{ inlineSize: 16 }} />}
            onClick={() => void choose(one.id)}
          >
            {one.name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
