/** The editor of a workflow: head, palette, canvas, inspector, drawers. */
import { Loader } from "@mantine/core";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useEffect } from "react";

import { useCan } from "@/app/session";
import { Tour } from "@/app/tour/Tour";
import { RunBar } from "@/debugger/RunBar";
import { ProblemNote } from "@/shared/ProblemNote";

import { Canvas } from "./canvas/Canvas";
import { going } from "./canvas/opening";
import { useCanvasUi } from "./canvas/ui";
import { showNode } from "./canvas/view";
import { ConflictNote } from "./ConflictNote";
import { Drawers } from "./Drawers";
import classes from "./Editor.module.css";
import { Head } from "./Head";
import { Palette } from "./palette/Palette";
import { Side } from "./Side";
import { useEditor } from "./store";

const Inspector = lazy(() => import("@/inspector/Inspector").then((found) => ({ default: found.Inspector })));

export function Editor() {
  const { workflow } = useParams({ from: "/inside/workflows/$workflow" });
  const can = useCan();
  const loading = useEditor((state) => state.loading);
  const failure = useEditor((state) => state.failure);
  useEffect(() => {
    void useEditor.getState().load(workflow, can);
    return () => useEditor.getState().close();
    // The rights of a session do not change while a page is open; the server looks at them again with each change.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [workflow]);
  useWays();
  if (loading === "failed") return <ProblemNote error={failure} />;
  return (
    <div className={classes.page} aria-busy={loading !== "ready"}>
      <Head>
        <RunBar />
      </Head>
      <div className={classes.middle}>
        <Body />
      </div>
      <ConflictNote />
      {loading === "ready" && <Tour />}
    </div>
  );
}

function Body() {
  const palette = useCanvasUi((state) => state.palette);
  const readOnly = useEditor((state) => state.readOnly);
  const opened = useEditor((state) => state.opened);
  return (
    <>
      {palette && !readOnly && <Palette />}
      <div className={classes.centre}>
        <Canvas />
        <Drawers />
      </div>
      {opened !== null && (
        <Side>
          <Suspense fallback={<Loader size="sm" m="auto" />}>
            <Inspector node={opened} />
          </Suspense>
        </Side>
      )}
    </>
  );
}

/** Ways in and out by the address: a node to be shown, a called workflow to be opened. */
function useWays(): void {
  const navigate = useNavigate();
  const { node, param, from } = useSearch({ from: "/inside/workflows/$workflow" });
  const ready = useEditor((state) => state.loading === "ready");
  useEffect(() => {
    going.current = (workflow, own) => {
      const way = [...(from ?? "").split(","), own].filter((one) => one !== "").join(",");
      void navigate({ to: "/workflows/$workflow", params: { workflow }, search: { from: way } });
    };
    return () => {
      going.current = null;
    };
  }, [navigate, from]);
  useEffect(() => {
    if (!ready || node === undefined) return;
    showNode(node);
    useEditor.getState().open(node, param);
  }, [ready, node, param]);
}
