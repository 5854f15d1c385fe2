import { ReactFlow, ReactFlowProvider, Background } from "@xyflow/react";
import "@xyflow/react/dist/style.css";

import { nodesOf } from "../model/paths";
import { edgesOf } from "../model/edges";
import { useEditor } from "../store";

/** The graph. */
export function Canvas() {
  const document = useEditor((state) => state.document);
  const apply = useEditor((state) => state.apply);
  const nodes = nodesOf(document).map(([id, node], at) => {
    const [x, y] = document.canvas?.positions?.[id] ?? [at * 240, 0];
    return { id, position: { x, y }, data: { label: node.title ?? id } };
  });
  const edges = edgesOf(document).map(({ edge, written }) => ({ id: written, source: edge.source, target: edge.target }));
  return (
    <div dir="ltr" style={{ flex: 1 }}>
      <ReactFlowProvider>
        <ReactFlow
          defaultNodes={nodes}
          defaultEdges={edges}
          key={nodes.length}
          fitView
          onNodeDragStop={(_, node) => apply([{ op: "move", positions: { [node.id]: [node.position.x, node.position.y] } }])}
        >
          <Background />
        </ReactFlow>
      </ReactFlowProvider>
    </div>
  );
}
