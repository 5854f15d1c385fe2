/** The editor of a workflow: head, palette, canvas, inspector, drawers. */
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";

import { useCan } from "@/app/session";
import { ProblemNote } from "@/shared/ProblemNote";
import { Canvas } from "./canvas/Canvas";
import classes from "./Editor.module.css";
import { useEditor } from "./store";

export function Editor() {
  const { workflow } = useParams({ from: "/inside/workflows/$workflow" });
  const can = useCan();
  const failure = useEditor((state) => state.failure);
  useEffect(() => {
    void useEditor.getState().load(workflow, can);
    return () => useEditor.getState().close();
    // The rights of a session do not change while a page is open; the server looks at them again with each change.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [workflow]);
  return (
    <div className={classes.page}>
      <ProblemNote error={failure} />
      <Canvas />
    </div>
  );
}
