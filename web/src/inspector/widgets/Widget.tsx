/** The widget for a control. */
import type { Control } from "../form/field";
import { AskedWidget, WorkflowWidget, ZoneWidget } from "./asked";
import { BooleanWidget, ChoicesWidget, NumberWidget, SelectWidget, TextWidget } from "./basic";
import { CodeWidget } from "./CodeWidget";
import { CronWidget } from "./CronWidget";
import { ListWidget, MapWidget, ObjectWidget, VariantWidget } from "./many";
import { AnyWidget, ReferenceWidget, UnionWidget } from "./mixed";
import type { WidgetProps } from "./props";
import { DateWidget, DurationWidget } from "./time";

export function Widget(props: Omit<WidgetProps, "control"> & { control: Control }) {
  const { control } = props;
  switch (control.kind) {
    case "text":
      return control.format === "" ? <TextWidget {...props} control={control} /> : <DateWidget {...props} control={control} />;
    case "number":
      return <NumberWidget {...props} control={control} />;
    case "boolean":
      return <BooleanWidget {...props} control={control} />;
    case "select":
      return <SelectWidget {...props} control={control} />;
    case "choices":
      return <ChoicesWidget {...props} control={control} />;
    case "code":
      return <CodeWidget {...props} control={control} />;
    case "asked":
      return <AskedWidget {...props} control={control} />;
    case "workflow":
      return <WorkflowWidget {...props} control={control} />;
    case "zone":
      return <ZoneWidget {...props} control={control} />;
    case "cron":
      return <CronWidget {...props} control={control} />;
    case "duration":
      return <DurationWidget {...props} control={control} />;
    case "list":
      return <ListWidget {...props} control={control} />;
    case "map":
      return <MapWidget {...props} control={control} />;
    case "object":
      return <ObjectWidget {...props} control={control} />;
    case "variant":
      return <VariantWidget {...props} control={control} />;
    case "union":
      return <UnionWidget {...props} control={control} />;
    case "reference":
      return <ReferenceWidget {...props} control={control} />;
    case "item":
      return <Widget {...props} field={{ ...control.of, fallback: props.field.fallback, required: props.field.required }} control={control.of.control} />;
    case "any":
      return <AnyWidget {...props} control={control} />;
  }
}
