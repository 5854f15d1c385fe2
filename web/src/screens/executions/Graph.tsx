/** The version that ran, as a graph that nobody can change, with what happened laid over it. */
import { Background, Controls, Handle, Position, ReactFlow, ReactFlowProvider, type Edge, type Node, type NodeProps, type EdgeProps, BaseEdge, getBezierPath } from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { Center, Loader, Text, useComputedColorScheme } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { createContext, memo, useContext, useMemo } from "react";
import { useTranslation } from "react-i18next";

import { api } from "@/api";
import { EdgeFlow, NodeBadge, StateIcon, useWatched } from "@/debugger";
import type { WorkflowDocument } from "@/editor/contracts";
import { draw, type DrawnNode } from "@/editor/model/graph";
import { idOf } from "@/editor/model/paths";

import classes from "./Executions.module.css";
import { Player } from "./Player";

type Choose = (node: string | null) => void;
const Choice = createContext<{ chosen: string | null; choose: Choose }>({ chosen: null, choose: () => undefined });

type CardNode = Node<{ drawn: DrawnNode }, "card">;
const NODES = { card: memo(Card) };
const EDGES = { flow: memo(Flow) };

export function Graph({ chosen, onChoose }: { chosen: string | null; onChoose: Choose }) {
  const { t } = useTranslation("executions");
  const scheme = useComputedColorScheme();
  const ran = useWatched((run) => run.document);
  const workflow = useWatched((run) => run.execution?.workflow_id ?? null);
  const document = usePlaced(ran, workflow);
  const drawn = useMemo(() => (document === null ? null : flowOf(document)), [document]);
  const choice = useMemo(() => ({ chosen, choose: onChoose }), [chosen, onChoose]);
  if (drawn === null) return <Center h="100%"><Loader size="sm" /></Center>;
  return (
    <Choice value={choice}>
      <div dir="ltr" style={{ blockSize: "100%" }} role="group" aria-label={t("view.graph")}>
        <ReactFlowProvider>
          <ReactFlow
            nodes={drawn.nodes}
            edges={drawn.edges}
            nodeTypes={NODES}
            edgeTypes={EDGES}
            fitView
            fitViewOptions={{ maxZoom: 1, minZoom: 0.3, padding: 0.1 }}
            minZoom={0.05}
            nodesDraggable={false}
            nodesConnectable={false}
            nodesFocusable={false}
            edgesFocusable={false}
            elementsSelectable={false}
            onNodeClick={(_, node) => onChoose(node.id)}
            onPaneClick={() => onChoose(null)}
            colorMode={scheme}
            proOptions={{ hideAttribution: true }}
          >
            <Background gap={20} />
            <Controls showInteractive={false} position="top-left" />
          </ReactFlow>
        </ReactFlowProvider>
      </div>
      <Player />
    </Choice>
  );
}

/** Where nodes lie is no part of a version: it is taken from the draft, as far as the nodes are there. */
function usePlaced(ran: WorkflowDocument | null, workflow: string | null): WorkflowDocument | null {
  const { data, isPending } = useQuery({
    queryKey: ["workflow-places", workflow],
    queryFn: async () => {
      try {
        return ((await api.showDraft({ path: { workflow: workflow ?? "" } })).data.document as unknown as WorkflowDocument).canvas ?? {};
      } catch {
        // Who may see the execution may still not see the draft; then nodes are arranged.
        return {};
      }
    },
    enabled: workflow !== null,
  });
  return useMemo(() => {
    if (ran === null || (workflow !== null && isPending)) return null;
    return { ...ran, canvas: data?.positions === undefined ? {} : { positions: data.positions } };
  }, [ran, workflow, data, isPending]);
}

function flowOf(document: WorkflowDocument): { nodes: CardNode[]; edges: Edge[] } {
  const graph = draw({ document, catalogue: new Map(), shapes: new Map(), closed: new Set() });
  const nodes = graph.nodes.filter((one) => one.look !== "slot").map((drawn): CardNode => ({
    id: drawn.path, type: "card", data: { drawn }, position: { x: drawn.position[0], y: drawn.position[1] },
    width: drawn.size.width, height: drawn.size.height, zIndex: drawn.look === "frame" ? 0 : 1,
    ...(drawn.parent === null ? {} : { parentId: drawn.parent }),
  }));
  const edges = graph.edges.filter((one) => one.look !== "slot").map((one): Edge => ({
    id: one.id, type: "flow", source: one.source, target: one.target, sourceHandle: "out", targetHandle: "in",
    data: { listed: one.look === "listed" }, zIndex: 2,
  }));
  return { nodes, edges };
}

function Card({ data: { drawn } }: NodeProps<CardNode>) {
  const { t } = useTranslation(["executions", "debugger"]);
  const { chosen, choose } = useContext(Choice);
  const state = useWatched((run) => run.nodes.get(drawn.path)?.state ?? "none");
  const name = drawn.node.title ?? idOf(drawn.path);
  const look = { "data-node": drawn.path, "data-state": state, "data-chosen": chosen === drawn.path };
  const label = state === "none" ? t("node", { name, type: drawn.node.type }) : t("node_state", { name, type: drawn.node.type, state: t(`debugger:state.${state}`) });
  const inside = (
    <>
      <StateIcon state={state === "none" ? "pending" : state} />
      <span style={{ minInlineSize: 0 }}>
        <Text size="sm" fw={600} truncate dir="auto" component="span" display="block">{name}</Text>
        <Text size="xs" c="var(--studio-muted)" truncate component="span" display="block">{drawn.node.type}</Text>
      </span>
    </>
  );
  return (
    <>
      <Handle type="target" id="in" position={Position.Left} className={classes.port ?? ""} isConnectable={false} />
      {drawn.look === "frame" ? (
        <div className={classes.frame} data-state={state}>
          <button type="button" className={`${classes.framehead ?? ""} nodrag`} style={{ all: "unset", cursor: "pointer", display: "flex", gap: 8, padding: "8px 12px" }} {...look} aria-label={label} onClick={() => choose(drawn.path)}>
            {inside}
          </button>
        </div>
      ) : (
        <button type="button" className={`${classes.node ?? ""} nodrag`} style={{ inlineSize: "100%", font: "inherit", color: "inherit", textAlign: "start" }} {...look} aria-label={label} onClick={() => choose(drawn.path)}>
          {inside}
        </button>
      )}
      <span className={classes.badge}><NodeBadge node={drawn.path} onError={choose} /></span>
      <Handle type="source" id="out" position={Position.Right} className={classes.port ?? ""} isConnectable={false} />
    </>
  );
}

function Flow({ id, source, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, data }: EdgeProps) {
  const { choose } = useContext(Choice);
  const [path, labelX, labelY] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition });
  const listed = data?.listed === true;
  return (
    <>
      <BaseEdge id={id} path={path} style={{ strokeWidth: listed ? 2 : 1, ...(listed ? {} : { strokeDasharray: "4 4" }) }} />
      <EdgeFlow id={id} path={path} labelX={labelX} labelY={labelY} onOpen={() => choose(source)} />
    </>
  );
}
