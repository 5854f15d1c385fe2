/** Widgets hold widgets: those inside come from here, so that no file depends on itself. */
import { createContext, useContext, type ComponentType } from "react";

import type { Json } from "@/editor/contracts";
import type { Control, Field } from "../form/field";
import type { WidgetProps } from "./props";

export interface PartProps {
  readonly field: Field;
  readonly value: Json | undefined;
  readonly change: (value: Json | undefined) => void;
  readonly put: (value: Json | undefined) => void;
  readonly label: string;
  readonly path: string;
  readonly autoFocus?: boolean | undefined;
}

export interface InnerWidgets {
  /** A part of a param, as a literal or an expression. */
  readonly Part: ComponentType<PartProps>;
  /** A literal. */
  readonly Widget: ComponentType<Omit<WidgetProps, "control"> & { control: Control }>;
}

export const Inner = createContext<InnerWidgets | null>(null);

export function useInner(): InnerWidgets {
  const found = useContext(Inner);
  if (found === null) throw new Error("Widgets stand in a form.");
  return found;
}
