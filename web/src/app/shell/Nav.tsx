import { NavLink, Tooltip } from "@mantine/core";
import { IconActivity, IconApi, IconHistory, IconKey, IconSchema, IconSettings, IconUsers, IconVariable } from "@tabler/icons-react";
import { Link, type LinkProps, useRouterState } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";

import { useCan } from "../session";
import classes from "./Shell.module.css";

interface Place {
  readonly to: LinkProps["to"] & string;
  readonly key: string;
  readonly icon: ComponentType<{ size?: number }>;
  /** Who may see it. */
  readonly permission?: string;
}

/** Screens in the order in which they are used. */
const PLACES: readonly Place[] = [
  { to: "/workflows", key: "workflows", icon: IconSchema, permission: "workflow.view" },
  { to: "/executions", key: "executions", icon: IconActivity, permission: "execution.view" },
  { to: "/credentials", key: "credentials", icon: IconKey, permission: "credential.view" },
  { to: "/variables", key: "variables", icon: IconVariable, permission: "variable.view" },
  { to: "/members", key: "members", icon: IconUsers, permission: "member.view" },
  { to: "/keys", key: "keys", icon: IconApi, permission: "key.manage" },
  { to: "/audit", key: "audit", icon: IconHistory, permission: "audit.view" },
  { to: "/settings", key: "settings", icon: IconSettings },
];

/** Where one can go: what one may not see is not there. */
export function Nav({ rail = false }: { rail?: boolean }) {
  const { t } = useTranslation("shell");
  const can = useCan();
  const path = useRouterState({ select: (state) => state.location.pathname });
  return (
    <nav aria-label={t("nav.label")}>
      {PLACES.filter((place) => place.permission === undefined || can(place.permission)).map((place) => (
        <Tooltip key={place.to} label={t(`nav.${place.key}`)} position="right" disabled={!rail}>
          <NavLink
            component={Link}
            to={place.to}
            label={<span className={rail ? "visually-hidden" : undefined}>{t(`nav.${place.key}`)}</span>}
            leftSection={<place.icon size={rail ? 20 : 18} />}
            active={path.startsWith(place.to)}
            aria-current={path.startsWith(place.to) ? "page" : undefined}
            className={(rail ? classes.rail : classes.link) ?? ""}
          />
        </Tooltip>
      ))}
    </nav>
  );
}

