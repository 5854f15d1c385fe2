/** A param or a part of one: a literal in its widget, or an expression in its editor. Takes what is dropped on it. */
import { ActionIcon, Menu, Skeleton, Tooltip } from "@mantine/core";
import { IconBraces, IconForms } from "@tabler/icons-react";
import { lazy, Suspense, useEffect, useId, useRef, useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";

import type { Json } from "@/editor/contracts";
import type { CodeHandle } from "@/expressions/code";
import { toExpression, toLiteral } from "@/expressions/convert";
import { insert, takings, type Picked, type Taking } from "@/expressions/insert";
import { braced, isExpression, wholeExpression } from "@/expressions/template";
import { useLatest } from "@/shared/useLatest";
import { FIELD } from "@/values";
import { useForm, whereOf } from "./context";
import { isTextual, takesList, type Field } from "./form/field";
import classes from "./Inspector.module.css";
import { usePicking } from "./picking";
import { pickedFrom } from "./data/picked";
import type { PartProps } from "./widgets/inner";
import { hintOf } from "./widgets/props";
import { Widget } from "./widgets/Widget";

const Expression = lazy(() => import("@/expressions/ExpressionEditor"));

interface Props extends PartProps {
  readonly id?: string;
  readonly describedBy?: string | undefined;
  readonly invalid?: boolean;
}

export function Part(props: Props) {
  const { field, value, change, put, label, path, autoFocus } = props;
  const form = useForm();
  const own = useId();
  const [express, setExpress] = useState<boolean | null>(null);
  const [fresh, setFresh] = useState(false);
  const memory = useRef<{ literal?: Json | undefined; expression?: string }>({});
  const handle = useRef<CodeHandle | null>(null);
  const code = field.control.kind === "code" || field.fixed === true;
  const is = !code && (isExpression(value) || (express ?? (field.expression && (value === undefined || value === null))));
  const taking = useTaking({ ...props, is, handle, open: () => setExpress(true) });

  const toggle = (): void => {
    setFresh(true);
    setExpress(!is);
    if (is) {
      memory.current.expression = typeof value === "string" ? value : "";
      const kept = literalFor(field, value);
      put(kept === undefined && memory.current.literal !== undefined && !isExpression(memory.current.literal) ? memory.current.literal : kept);
    } else {
      memory.current.literal = value;
      const made = toExpression(value, isTextual(field)) || memory.current.expression || "";
      if (made !== "") put(made);
    }
  };
  const common = { id: props.id ?? own, label, describedBy: props.describedBy, invalid: props.invalid === true, disabled: form.disabled };
  return (
    <div className={classes.part} data-dragging={taking.over || undefined} data-expression={is || undefined} {...taking.events}>
      <div className={classes.grow}>
        {is ? (
          <Suspense fallback={<Skeleton height={34} />}>
            <Expression
              {...common}
              value={typeof value === "string" ? value : ""}
              change={(text) => {
                // It stays an expression while it is written, whatever stands there for the moment.
                setExpress(true);
                change(text === "" ? undefined : text);
              }}
              where={whereOf(form, path)}
              stamp={form.stamp}
              run={form.run}
              hint={hintOf(field) || (isTextual(field) ? "" : "{{ … }}")}
              lines={field.control.kind === "text" ? field.control.long : !isTextual(field)}
              autoFocus={fresh || autoFocus}
              handle={(made) => {
                handle.current = made;
              }}
            />
          </Suspense>
        ) : (
          <Widget
            {...common}
            field={field}
            control={field.control}
            value={value}
            change={change}
            put={put}
            path={path}
            autoFocus={fresh || autoFocus}
            express={(text) => {
              setFresh(true);
              setExpress(true);
              change(text.replace(/\{\{\s*$/, "{{  }}") || undefined);
            }}
          />
        )}
      </div>
      {!code && <Mode is={is} label={label} toggle={toggle} disabled={form.disabled} only={field.control.kind === "reference" && field.control.what !== "items"} />}
      <Menu opened={taking.asked !== null} onChange={(open) => !open && taking.ask(null)} position="bottom-start" withinPortal>
        <Menu.Target>
          <span className={classes.anchor} />
        </Menu.Target>
        <Takings picked={taking.asked?.picked ?? null} ways={taking.asked?.ways ?? []} take={taking.choose} />
      </Menu>
    </div>
  );
}

function literalFor(field: Field, value: Json | undefined): Json | undefined {
  return typeof value === "string" ? toLiteral(value, isTextual(field)) : value;
}

function Mode({ is, label, toggle, disabled, only }: { is: boolean; label: string; toggle: () => void; disabled: boolean; only: boolean }) {
  const { t } = useTranslation("inspector");
  if (only) return null;
  const name = is ? t("mode.literal") : t("mode.expression");
  return (
    <Tooltip label={name} openDelay={400}>
      <ActionIcon className={classes.mode ?? ""} variant={is ? "light" : "subtle"} color={is ? "indigo" : "gray"} size={26} mt={5} disabled={disabled} aria-label={`${label}: ${name}`} aria-pressed={is} onClick={toggle} onMouseDown={(event) => event.preventDefault()}>
        {is ? <IconForms size={16} /> : <IconBraces size={16} />}
      </ActionIcon>
    </Tooltip>
  );
}

function Takings({ picked, ways, take }: { picked: Picked | null; ways: readonly Taking[]; take: (way: Taking) => void }) {
  const { t } = useTranslation("inspector");
  if (picked === null) return null;
  return (
    <Menu.Dropdown>
      <Menu.Label>{t("taking.title")}</Menu.Label>
      {ways.map((way) => (
        <Menu.Item key={way} onClick={() => take(way)}>
          <div>{t(`taking.${way}`)}</div>
          <div className={classes.hint}>{t(`taking.${way}_help`)}</div>
        </Menu.Item>
      ))}
    </Menu.Dropdown>
  );
}

interface TakingProps extends PartProps {
  readonly is: boolean;
  readonly handle: { current: CodeHandle | null };
  readonly open: () => void;
}

/** Takes a field of the data, dropped or picked: at the caret, or in place of what says nothing. */
function useTaking(props: TakingProps) {
  const form = useForm();
  const latest = useLatest(props);
  const [over, setOver] = useState(false);
  const [asked, ask] = useState<{ picked: Picked; ways: readonly Taking[]; caret: number | null } | null>(null);
  const hold = usePicking((state) => state.hold);
  const drop = usePicking((state) => state.drop);

  const targetOf = (caret: number | null) => {
    const { field, value, is } = latest.current;
    const items = form.params["items"];
    return {
      value, caret: is ? caret : null, textual: isTextual(field), takesList: takesList(field), perItem: field.control.kind === "item",
      itemsOf: typeof items === "string" ? wholeExpression(items) : null,
    };
  };
  const apply = (picked: Picked, way: Taking, caret: number | null): void => {
    const { put, change, handle, is, open } = latest.current;
    const made = insert(picked, way, targetOf(caret));
    ask(null);
    open();
    if (made.each !== undefined) form.each(braced(made.each));
    // Where somebody is writing, it belongs to what is being written; else it is a step of its own.
    if (is && caret !== null && handle.current !== null && made.each === undefined) {
      change(made.value);
      handle.current.type(String(made.value), made.caret);
    } else put(made.value);
  };
  const take = (picked: Picked, caret: number | null): void => {
    if (form.disabled) return;
    const ways = takings(picked, targetOf(caret));
    const [only] = ways;
    if (ways.length === 1 && only !== undefined) apply(picked, only, caret);
    else ask({ picked, ways, caret });
  };
  useEffect(() => () => drop(props.path), [drop, props.path]);

  const events = {
    onFocus: (event: React.FocusEvent) => {
      event.stopPropagation();
      hold({ name: props.path, label: props.label, take: (picked) => take(picked, latest.current.handle.current?.caret ?? null) });
    },
    onDragOver: (event: DragEvent) => {
      if (!event.dataTransfer.types.includes(FIELD) || form.disabled) return;
      event.preventDefault();
      event.stopPropagation();
      event.dataTransfer.dropEffect = "copy";
      setOver(true);
    },
    onDragLeave: (event: DragEvent<HTMLElement>) => {
      if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
    },
    onDropCapture: (event: DragEvent) => {
      setOver(false);
      // The innermost part under the pointer takes it; what lies around lets it pass.
      if (!(event.target as Element).closest("[data-part]")?.isSameNode(event.currentTarget)) return;
      const picked = pickedFrom(event.dataTransfer.getData(FIELD), form.shapeOf);
      if (picked === null) return;
      event.preventDefault();
      event.stopPropagation();
      const { handle } = latest.current;
      take(picked, handle.current?.at(event.clientX, event.clientY) ?? null);
    },
    "data-part": props.path,
  };
  return { over, asked, ask, events, choose: (way: Taking) => asked !== null && apply(asked.picked, way, asked.caret) };
}

