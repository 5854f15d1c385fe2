/** Copying, downloading and dragging of what a value holds. */
import { useCallback, type DragEvent } from "react";
import { useTranslation } from "react-i18next";

import type { ValueAddress } from "@/editor/contracts";
import { tell, tellProblem } from "@/shared/told";

import { sourceOf, type Place } from "./address";
import { TooLarge, whole } from "./copying";
import type { ValueSource } from "./source";

/** What is on the pointer while a field is dragged: its path as JSON, for params that take it. */
export const FIELD = "application/x-studio-field";
const MOST_COPIED = 100_000;

export function useActions(address: ValueAddress, source: ValueSource) {
  const { t } = useTranslation("values");
  const copyPath = useCallback(
    (place: Place) => void navigator.clipboard.writeText(sourceOf(address, place)).then(() => tell(t("copy.done_path")), tellProblem),
    [address, t],
  );
  const text = useCallback(
    async (place: Place, most: number): Promise<string> => {
      const value = await whole((...asked) => source.part(...asked), place, new AbortController().signal, most);
      return typeof value === "string" ? value : JSON.stringify(value, null, 2);
    },
    [source],
  );
  const copyValue = useCallback(
    (place: Place) => {
      const failed = (error: unknown): void => tellProblem(error instanceof TooLarge ? new Error(t("copy.too_large")) : error);
      void text(place, MOST_COPIED).then((found) => navigator.clipboard.writeText(found)).then(() => tell(t("copy.done_value")), failed);
    },
    [text, t],
  );
  const download = useCallback(() => {
    const failed = (error: unknown): void => tellProblem(error instanceof TooLarge ? new Error(t("copy.too_large")) : error);
    void text([], 2_000_000).then((found) => save(`${sourceOf(address, [])}.json`, found), failed);
  }, [address, text, t]);
  const drag = useCallback(
    (event: DragEvent, place: Place) => {
      const path = sourceOf(address, place);
      event.dataTransfer.effectAllowed = "copy";
      event.dataTransfer.setData("text/plain", `{{ ${path} }}`);
      event.dataTransfer.setData(FIELD, JSON.stringify({ path: place, node: address.node, source: path, part: address.part }));
    },
    [address],
  );
  return { copyPath, copyValue, download, drag };
}

/** Give a text to the person as a file. */
export function save(name: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
