/** Short words about what was done to the graph. */
import { notifications } from "@mantine/notifications";
import i18next from "i18next";

import type { DrawnEdge } from "../model/graph";
import type { Broken } from "../model/heal";
import { useCanvasUi } from "./ui";

/** References that lead nowhere now, by node and param; wires that are only a part of an expression. */
export function tellBroken({ broken, kept }: { broken: readonly Broken[]; kept: readonly DrawnEdge[] }): void {
  if (broken.length > 0) {
    const list = broken.map((one) => (one.param === null ? one.node : `${one.node}.${one.param}`));
    notifications.show({
      title: i18next.t("canvas:broken.title", { count: broken.length }),
      message: new Intl.ListFormat(i18next.language === "xx" ? "en" : i18next.language).format(list.slice(0, 8)),
      color: "orange",
      autoClose: 12_000,
    });
    useCanvasUi.getState().show({ drawer: "problems" });
  }
  if (kept.length > 0) {
    notifications.show({ message: i18next.t("canvas:broken.part", { count: kept.length }), color: "orange" });
  }
}
