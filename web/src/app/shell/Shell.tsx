import { AppShell, Burger, Group, ScrollArea, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";

import { AccountMenu } from "./AccountMenu";
import { Brand } from "./Brand";
import { Nav } from "./Nav";
import { WorkspaceMenu } from "./WorkspaceMenu";
import classes from "./Shell.module.css";

/** The frame around every screen: where one can go, and who one is. */
export function Shell() {
  const { t } = useTranslation("shell");
  const [opened, { toggle, close }] = useDisclosure();
  const path = useRouterState({ select: (state) => state.location.pathname });
  useEffect(close, [path, close]);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding={0}
      classNames={{ main: classes.main ?? "" }}
    >
      <a href="#main" className={classes.skip}>
        {t("skip")}
      </a>
      <AppShell.Header className={classes.header}>
        <Group gap="sm">
          <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t("menu")} />
          <UnstyledButton component={Link} to="/workflows" aria-label={t("home")}>
            <Brand />
          </UnstyledButton>
          <WorkspaceMenu />
        </Group>
        <AccountMenu />
      </AppShell.Header>
      <AppShell.Navbar p="xs">
        <ScrollArea>
          <Nav />
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <Suspense>
          <Outlet />
        </Suspense>
      </AppShell.Main>
    </AppShell>
  );
}
