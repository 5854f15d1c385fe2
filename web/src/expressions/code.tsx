/** An editor for code: CodeMirror in a field. Loaded when it is first needed. */
import { closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching } from "@codemirror/language";
import { setDiagnostics, type Diagnostic } from "@codemirror/lint";
import { Annotation, Compartment, EditorState, Prec, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, placeholder } from "@codemirror/view";
import { useEffect, useRef, useState } from "react";

import { nonce } from "@/app/App";
import { useLatest } from "@/shared/useLatest";
import classes from "./code.module.css";
import { look } from "./look";

export interface CodeHandle {
  /** Put a text in place of a range, and the caret behind it. */
  replace(from: number, to: number, text: string): void;
  /** Take another text as if it had been typed. */
  type(text: string, caret: number): void;
  readonly caret: number;
  at(x: number, y: number): number | null;
  focus(): void;
}

export interface CodeProps {
  readonly value: string;
  readonly change: (text: string) => void;
  readonly extensions: Extension;
  readonly id?: string | undefined;
  readonly label: string;
  readonly describedBy?: string | undefined;
  readonly invalid?: boolean;
  readonly hint?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly diagnostics?: readonly Diagnostic[];
  /** Whether Enter begins a new line. */
  readonly lines?: boolean;
  /** Lines that are shown at least. */
  readonly rows?: number;
  readonly autoFocus?: boolean | undefined;
  readonly enter?: (() => void) | undefined;
  readonly handle?: ((handle: CodeHandle | null) => void) | undefined;
}

const fromOutside = Annotation.define<boolean>();
const NO_DIAGNOSTICS: readonly Diagnostic[] = [];

export function CodeEditor(props: CodeProps) {
  const { value, disabled, hint, label, describedBy, invalid, diagnostics = NO_DIAGNOSTICS, extensions, rows = 1 } = props;
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useLatest(props);
  const [parts] = useState(() => ({ own: new Compartment(), state: new Compartment() }));

  useEffect(() => {
    if (host.current === null) return undefined;
    const made = begin(host.current, latest, parts);
    view.current = made;
    const lend = (handle: CodeHandle | null): void => latest.current.handle?.(handle);
    lend(handleOf(made));
    if (latest.current.autoFocus) {
      made.focus();
      made.dispatch({ selection: { anchor: startOf(made.state.doc.toString()) } });
    }
    return () => {
      lend(null);
      view.current = null;
      made.destroy();
    };
  }, [latest, parts]);

  useEffect(() => {
    const made = view.current;
    if (made !== null && made.state.doc.toString() !== value) {
      made.dispatch({ changes: { from: 0, to: made.state.doc.length, insert: value }, annotations: fromOutside.of(true) });
    }
  }, [value]);
  useEffect(() => {
    view.current?.dispatch({ effects: parts.own.reconfigure(extensions) });
  }, [extensions, parts]);
  useEffect(() => {
    view.current?.dispatch({ effects: parts.state.reconfigure(stateOf({ disabled, hint, label, describedBy, invalid })) });
  }, [disabled, hint, label, describedBy, invalid, parts]);
  useEffect(() => {
    const made = view.current;
    if (made !== null) made.dispatch(setDiagnostics(made.state, fitting(diagnostics, made.state.doc.length)));
  }, [diagnostics]);

  return (
    <div ref={host} dir="ltr" className={classes.editor} data-invalid={invalid || undefined} data-disabled={disabled || undefined} style={{ "--rows": rows } as React.CSSProperties} />
  );
}

type Parts = { own: Compartment; state: Compartment };

function begin(parent: HTMLElement, latest: { readonly current: CodeProps }, parts: Parts): EditorView {
  const props = latest.current;
  const enter = (): boolean => {
    if (latest.current.lines === true) return false;
    latest.current.enter?.();
    return true;
  };
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: props.value,
      extensions: [
        EditorView.cspNonce.of(nonce()),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        EditorView.lineWrapping,
        Prec.highest(braces),
        keymap.of([...completionKeymap, ...closeBracketsKeymap]),
        Prec.low(keymap.of([{ key: "Enter", run: enter }, ...historyKeymap, ...defaultKeymap])),
        look,
        parts.own.of(props.extensions),
        parts.state.of(stateOf(props)),
        EditorView.updateListener.of((update) => {
          const told = update.transactions.some((one) => one.annotation(fromOutside) === true);
          if (update.docChanged && !told) latest.current.change(update.state.doc.toString());
        }),
      ],
    }),
  });
}

type Shown = Pick<CodeProps, "disabled" | "hint" | "label" | "describedBy" | "invalid" | "id">;

function stateOf({ disabled, hint, label, describedBy, invalid, id }: Shown): Extension {
  return [
    EditorState.readOnly.of(disabled === true),
    EditorView.editable.of(disabled !== true),
    hint === undefined || hint === "" ? [] : placeholder(hint),
    EditorView.contentAttributes.of({
      "aria-label": label,
      "aria-multiline": "true",
      ...(id === undefined ? {} : { id }),
      ...(describedBy === undefined ? {} : { "aria-describedby": describedBy }),
      ...(invalid === true ? { "aria-invalid": "true" } : {}),
      ...(disabled === true ? { "aria-readonly": "true", tabindex: "0" } : {}),
    }),
  ];
}

/** The second brace makes room for an expression: `{{ | }}`. */
const braces = EditorView.inputHandler.of((view, from, to, text) => {
  if (text !== "{" || from !== to || view.state.sliceDoc(from - 1, from + 1) !== "{}" || view.state.sliceDoc(from - 2, from - 1) === "{") return false;
  view.dispatch({ changes: { from: from - 1, to: from + 1, insert: "{{  }}" }, selection: { anchor: from + 2 }, userEvent: "input.type" });
  return true;
});

/** Where writing goes on: inside empty braces, else at the end. */
function startOf(text: string): number {
  const empty = /\{\{\s*\}\}/.exec(text);
  return empty === null ? text.length : empty.index + Math.min(3, empty[0].length - 2);
}

function fitting(found: readonly Diagnostic[], length: number): Diagnostic[] {
  return found.map((one) => ({ ...one, from: Math.min(one.from, length), to: Math.min(Math.max(one.to, one.from), length) }));
}

function handleOf(view: EditorView): CodeHandle {
  return {
    replace(from, to, text) {
      view.dispatch({ changes: { from, to, insert: text }, selection: { anchor: from + text.length }, userEvent: "input.complete" });
      view.focus();
    },
    type(text, caret) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text }, selection: { anchor: Math.min(caret, text.length) }, userEvent: "input.drop" });
      view.focus();
    },
    get caret() {
      return view.state.selection.main.head;
    },
    at: (x, y) => view.posAtCoords({ x, y }),
    focus: () => view.focus(),
  };
}
