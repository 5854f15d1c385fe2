import { ActionIcon, Badge, Tabs } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { lazy, Suspense, type ComponentType, type LazyExoticComponent } from "react";
import { useTranslation } from "react-i18next";

import { useCanvasUi } from "./canvas/ui";
import { useEditor } from "./store";
import classes from "./Editor.module.css";

interface Drawer {
  readonly name: string;
  readonly shown: LazyExoticComponent<ComponentType>;
}

/** What opens below the canvas, each loaded when it is first opened. */
const DRAWERS: readonly Drawer[] = [
  { name: "executions", shown: lazy(() => import("@/debugger/ExecutionsDrawer").then((found) => ({ default: found.ExecutionsList }))) },
  { name: "problems", shown: lazy(() => import("./drawers/problems/Problems").then((found) => ({ default: found.Problems }))) },
  { name: "versions", shown: lazy(() => import("./drawers/versions/VersionsDrawer").then((found) => ({ default: found.Versions }))) },
  { name: "comments", shown: lazy(() => import("./drawers/comments/CommentsDrawer").then((found) => ({ default: found.Comments }))) },
];

export function Drawers() {
  const { t } = useTranslation("editor");
  const drawer = useCanvasUi((state) => state.drawer);
  const show = useCanvasUi((state) => state.show);
  const errors = useEditor((state) => state.problems.filter((one) => one.severity === "error").length);
  const warnings = useEditor((state) => state.problems.length) - errors;
  return (
    <Tabs
      value={drawer}
      onChange={(next) => show({ drawer: next })}
      allowTabDeactivation
      inverted={false}
      className={classes.drawers ?? ""}
      data-drawers
      keepMounted={false}
      activateTabWithKeyboard={false}
    >
      <Tabs.List>
        {DRAWERS.map((one) => (
          <Tabs.Tab
            key={one.name}
            value={one.name}
            rightSection={
              one.name === "problems" && errors + warnings > 0 ? (
                <Badge size="sm" variant="light" color={errors > 0 ? "red" : "orange"} aria-label={t("drawer.count", { count: errors + warnings })}>
                  {errors + warnings}
                </Badge>
              ) : undefined
            }
          >
            {t(`drawer.${one.name}`)}
          </Tabs.Tab>
        ))}
        {drawer !== null && (
          <ActionIcon ms="auto" me={6} my="auto" variant="subtle" color="gray" aria-label={t("drawer.close")} onClick={() => show({ drawer: null })}>
            <IconX size={16} />
          </ActionIcon>
        )}
      </Tabs.List>
      {DRAWERS.map((one) => (
        <Tabs.Panel key={one.name} value={one.name} className={classes.drawer ?? ""}>
          <Suspense>
            <one.shown />
          </Suspense>
        </Tabs.Panel>
      ))}
    </Tabs>
  );
}
