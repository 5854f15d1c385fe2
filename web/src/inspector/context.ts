/** What the fields of a form share: which node they are of, where its data is, who takes what is picked. */
import { createContext, useContext } from "react";

import type { Json, NodePath } from "@/editor/contracts";
import type { Where } from "@/expressions/server";
import type { Picked } from "@/expressions/insert";
import type { Shape } from "@/expressions/shape";

export interface FormContext {
  readonly workflow: string;
  /** Path of the node; of a level for its output; "" for the workflow. */
  readonly node: NodePath;
  readonly type: string;
  readonly credential: string | null;
  readonly params: Readonly<Record<string, Json>>;
  readonly execution: string;
  /** Changes when data may have changed. */
  readonly stamp: unknown;
  readonly disabled: boolean;
  /** Whether the node runs once for each of a list already. */
  readonly looped: boolean;
  /** What is known of the data at a path. */
  readonly shapeOf: (path: readonly string[]) => Shape;
  /** Let the node run once for each of a list, with the change that comes next. */
  readonly each: (list: string) => void;
  /** Run what has no data yet. */
  readonly run: ((node: string) => void) | undefined;
}

export const Form = createContext<FormContext | null>(null);

export function useForm(): FormContext {
  const found = useContext(Form);
  if (found === null) throw new Error("Fields stand in a form.");
  return found;
}

export function whereOf(form: FormContext, param: string): Where {
  return { workflow: form.workflow, node: form.node, param, execution: form.execution };
}

/** A param that takes what is picked in the data. */
export interface Taker {
  readonly name: string;
  readonly label: string;
  take(picked: Picked): void;
}
