import { Tabs } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { PageHeader } from "@/shared/PageHeader";
import { Screen } from "@/shared/Screen";
import { Groups } from "./Groups";
import { Invitations } from "./Invitations";
import { People } from "./People";
import { Roles } from "./Roles";
import { ServiceAccounts } from "./ServiceAccounts";

const TABS = { people: People, invitations: Invitations, groups: Groups, roles: Roles, service: ServiceAccounts } as const;
type Name = keyof typeof TABS;

/** Who is in the workspace, and what they may do. */
export function Members() {
  const { t } = useTranslation("members");
  const [tab, setTab] = useState<Name>("people");
  return (
    <Screen>
      <PageHeader title={t("title")} text={t("text")} />
      <Tabs value={tab} onChange={(value) => value !== null && value in TABS && setTab(value as Name)} keepMounted={false}>
        <Tabs.List mb="md">
          {(Object.keys(TABS) as Name[]).map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`tab.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {Object.entries(TABS).map(([name, Part]) => (
          <Tabs.Panel key={name} value={name}>
            <Part />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Screen>
  );
}
