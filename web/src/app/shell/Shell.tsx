import { AppShell, Burger, Group, ScrollArea, UnstyledButton } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
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
  // Where a workflow is drawn or watched, the room is its own: the screens become a rail of icons.
  const wide = useMediaQuery("(min-width: 48em)", true);
  const rail = wide && /^\/(workflows|executions)\/./.test(path);
  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: rail ? 56 : 220, breakpoint: "sm", collapsed: { mobile: !opened } }}
      transitionDuration={0}
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
      <AppShell.Navbar p={rail ? 6 : "xs"}>
        <ScrollArea>
          <Nav rail={rail} />
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
