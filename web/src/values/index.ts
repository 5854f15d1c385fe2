/** Values of executions, of any size. */
export { ValueView, type ValueViewProps } from "./ValueView";
export { FIELD, save } from "./useActions";
export { runPath, sourceOf, type Place } from "./address";
export { describe, entriesOf, fileOf, isImage } from "./kinds";
