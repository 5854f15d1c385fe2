/** Another type for a node, as operations. */
import type { NodeDetail } from "@/api";
import type { NodeDocument, NodePath, Operation } from "@/editor/contracts";
import { nodeKeys } from "@/editor/model/paths";
import { asSchema } from "./form/model";

/** The node keeps id, wires and what is said about how it runs; params that the new type does not have go. */
export function swap(node: NodePath, now: NodeDocument, to: NodeDetail): Operation[] {
  const path = nodeKeys(node);
  const known = new Set(Object.keys(asSchema(to.params["properties"])));
  const gone = Object.keys(now.params ?? {}).filter((name) => !known.has(name));
  const unfit = now.credential !== undefined && to.credentials.length === 0;
  const drop = (...keys: string[]): Operation => ({ op: "remove", path: [...path, ...keys] });
  return [
    { op: "set", path: [...path, "type"], value: to.type },
    ...(now.version === undefined ? [] : [drop("version")]),
    ...(unfit ? [drop("credential")] : []),
    ...gone.map((name) => drop("params", name)),
  ];
}
