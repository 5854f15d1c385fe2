/** What goes over an edge: a dot for each value; where there are many, a flow with a counter. */
import { useReducedMotion } from "@mantine/hooks";
import { EdgeLabelRenderer } from "@xyflow/react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { useWatched } from "./RunContext";
import classes from "./Overlay.module.css";

/** So long a dot travels, in milliseconds. */
const TRAVEL = 700;
/** More dots than this on an edge at once are a flow. */
const MOST_DOTS = 4;
/** So long after the last value a flow goes on, and a label is fresh. */
const AFTERWARDS = 1200;

interface Props {
  /** As the canvas names its edges. */
  readonly id: string;
  /** The way of the edge, as SVG writes it. */
  readonly path: string;
  readonly labelX: number;
  readonly labelY: number;
  /** The value that went over it is asked for. */
  readonly onOpen?: (() => void) | undefined;
}

export function EdgeFlow({ id, path, labelX, labelY, onOpen }: Props) {
  const watch = useWatched((run) => run.edges.get(id));
  const still = useReducedMotion();
  const passed = watch?.passed ?? 0;
  const { dots, streaming, fresh, arrived } = useMoving(passed, still);
  if (watch === undefined) return null;
  return (
    <>
      <g data-edge={id} data-passed={passed} data-label={watch.label} data-moving={streaming ? "flow" : dots.length > 0 ? "dots" : "no"} pointerEvents="none">
        {passed > 0 && <path d={path} className={classes.carried} />}
        {streaming && <path d={path} className={classes.stream} />}
        {dots.map((one) => <Dot key={one} path={path} onArrived={() => arrived(one)} />)}
      </g>
      {watch.label !== "" && <Label {...{ id, labelX, labelY, onOpen }} text={watch.label} fresh={fresh} />}
    </>
  );
}

interface Moving {
  readonly dots: readonly number[];
  readonly streaming: boolean;
  readonly fresh: boolean;
  readonly arrived: (dot: number) => void;
}

/** Dots for values that pass from now on; what had passed before is not shown again. */
function useMoving(passed: number, still: boolean): Moving {
  const seen = useRef(passed);
  const [dots, setDots] = useState<readonly number[]>([]);
  const [streaming, setStreaming] = useState(false);
  const [fresh, setFresh] = useState(false);
  useEffect(() => {
    const more = passed - seen.current;
    const first = seen.current;
    seen.current = passed;
    if (more <= 0) return undefined;
    // What passes is an event: it is told by a number that grows, and shown for a moment.
    // oxlint-disable-next-line react/set-state-in-effect
    setFresh(true);
    if (!still) {
      if (more > MOST_DOTS) setStreaming(true);
      else setDots((now) => (now.length + more > MOST_DOTS ? now : [...now, ...Array.from({ length: more }, (_, at) => first + at)]));
    }
    const timer = setTimeout(() => {
      setFresh(false);
      setStreaming(false);
    }, AFTERWARDS);
    return () => clearTimeout(timer);
  }, [passed, still]);
  return { dots, streaming, fresh, arrived: (dot) => setDots((now) => now.filter((one) => one !== dot)) };
}

function Dot({ path, onArrived }: { path: string; onArrived: () => void }) {
  const motion = useRef<SVGAnimateMotionElement>(null);
  const told = useRef(onArrived);
  useEffect(() => {
    told.current = onArrived;
  });
  useEffect(() => {
    motion.current?.beginElement();
    const timer = setTimeout(() => told.current(), TRAVEL);
    return () => clearTimeout(timer);
  }, []);
  return (
    <circle r={5} className={classes.dot}>
      <animateMotion ref={motion} dur={`${TRAVEL}ms`} path={path} begin="indefinite" fill="freeze" calcMode="spline" keyTimes="0;1" keySplines="0.4 0 0.4 1" keyPoints="0;1" />
    </circle>
  );
}

interface LabelProps {
  readonly id: string;
  readonly labelX: number;
  readonly labelY: number;
  readonly text: string;
  readonly fresh: boolean;
  readonly onOpen: (() => void) | undefined;
}

function Label({ id, labelX, labelY, text, fresh, onOpen }: LabelProps) {
  const { t } = useTranslation("debugger");
  return (
    <EdgeLabelRenderer>
      <button
        type="button"
        className={`${classes.label ?? ""} nodrag nopan`}
        data-edge-label={id}
        data-fresh={fresh}
        aria-label={t("edge.open", { label: text, edge: id.replace(/^ref /, "") })}
        style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
        onClick={(event) => {
          event.stopPropagation();
          onOpen?.();
        }}
      >
        {text}
      </button>
    </EdgeLabelRenderer>
  );
}
