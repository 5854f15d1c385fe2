import { Tabs } from "@mantine/core";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { useCan } from "@/app/session";
import { PageHeader } from "@/shared/PageHeader";
import { Screen } from "@/shared/Screen";
import { Notices } from "./Notices";
import { Profile } from "./Profile";
import { Security } from "./Security";
import { Usage } from "./Usage";
import { Workspace } from "./Workspace";

const TABS = [
  { name: "profile", part: Profile },
  { name: "security", part: Security },
  { name: "workspace", part: Workspace, permission: "settings.view" },
  { name: "notices", part: Notices, permission: "settings.view" },
  { name: "usage", part: Usage, permission: "usage.view" },
] as const;

/** One's own account, and the workspace. */
export function Settings() {
  const { t } = useTranslation("settings");
  const can = useCan();
  const navigate = useNavigate();
  const { tab } = useSearch({ from: "/inside/settings" });
  const seen = TABS.filter((one) => !("permission" in one) || can(one.permission));
  const shown = seen.find((one) => one.name === tab)?.name ?? "profile";
  return (
    <Screen narrow>
      <PageHeader title={t("title")} />
      <Tabs value={shown} onChange={(value) => value !== null && void navigate({ to: "/settings", search: { tab: value }, replace: true })} keepMounted={false}>
        <Tabs.List mb="lg">
          {seen.map((one) => (
            <Tabs.Tab key={one.name} value={one.name}>
              {t(`tab.${one.name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {seen.map(({ name, part: Part }) => (
          <Tabs.Panel key={name} value={name}>
            <Part />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Screen>
  );
}
