import { ActionIcon, Tooltip } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconX } from "@tabler/icons-react";
import { useRef, type KeyboardEvent, type PointerEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { focusNode } from "./canvas/view";
import { useEditor } from "./store";
import classes from "./Editor.module.css";

const LEAST = 320;
const STEP = 40;

/** The panel at the side; as wide as one draws it. */
export function Side({ children }: { children: ReactNode }) {
  const { t } = useTranslation("editor");
  const [width, setWidth] = useLocalStorage({ key: "studio.inspector.width", defaultValue: 440, getInitialValueInEffect: false });
  const own = useRef<HTMLElement>(null);
  const most = (): number => Math.max(LEAST, window.innerWidth - 360);
  const put = (next: number): void => setWidth(Math.round(Math.min(most(), Math.max(LEAST, next))));
  const drag = (event: PointerEvent<HTMLElement>): void => {
    const box = own.current?.getBoundingClientRect();
    if (!event.currentTarget.hasPointerCapture(event.pointerId) || box === undefined) return;
    put(document.documentElement.dir === "rtl" ? event.clientX - box.left : box.right - event.clientX);
  };
  const key = (event: KeyboardEvent): void => {
    const wider = document.documentElement.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    put(width + (event.key === wider ? STEP : -STEP));
  };
  return (
    // Escape closes it from wherever one is in it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <aside
      ref={own}
      className={classes.side}
      style={{ ["--side" as string]: `${width}px` }}
      aria-label={t("inspector")}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented) close();
      }}
    >
      <div
        className={classes.splitter}
        role="separator"
        aria-orientation="vertical"
        aria-label={t("width")}
        aria-valuenow={width}
        aria-valuemin={LEAST}
        aria-valuemax={most()}
        tabIndex={0}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
        onKeyDown={key}
      />
      <Tooltip label={t("close_inspector")}>
        <ActionIcon className={classes.sideClose ?? ""} variant="subtle" color="gray" aria-label={t("close_inspector")} onClick={close}>
          <IconX size={16} />
        </ActionIcon>
      </Tooltip>
      {children}
    </aside>
  );
}

function close(): void {
  const { opened, open } = useEditor.getState();
  open(null);
  if (opened !== null && opened !== "") focusNode(opened);
}
