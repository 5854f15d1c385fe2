/** Completion in the editor: what `complete` finds, as the editor shows it. */
import { autocompletion, startCompletion, type Completion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import type { Extension } from "@codemirror/state";
import type { EditorView } from "@codemirror/view";

import type { FunctionOut } from "@/api";
import { suggestionsAt, type Name, type Suggestion } from "./complete";
import { expressionAt } from "./template";

export interface Known {
  readonly names: readonly Name[];
  readonly functions: readonly FunctionOut[];
}

/** Offers what `known` has when it is asked; that may change while one writes. */
export function completing(known: { readonly current: Known }, examples: string): Extension {
  const source = (context: CompletionContext): CompletionResult | null => find(context, known.current, examples);
  return autocompletion({ override: [source], icons: false, activateOnTyping: true, interactionDelay: 0, maxRenderedOptions: 80, optionClass });
}

function optionClass(completion: Completion): string {
  return `cm-studio-${completion.type ?? "name"}`;
}

function find(context: CompletionContext, known: Known, examples: string): CompletionResult | null {
  const text = context.state.doc.toString();
  const piece = expressionAt(text, context.pos);
  if (piece === null) return null;
  const source = text.slice(piece.start, piece.end);
  const found = suggestionsAt(source, context.pos - piece.start, known.names, known.functions);
  const from = wordFrom(text, context.pos);
  const before = text.charAt(from - 1);
  const begun = from < context.pos || before === "." || before === "'" || before === '"';
  if (found.length === 0 || !(context.explicit || begun)) return null;
  return { from, options: found.map((one) => optionOf(one, piece.start, examples)), validFor: /^\w*$/ };
}

/** Where the word that is being written begins. */
function wordFrom(text: string, at: number): number {
  return at - (/\w*$/.exec(text.slice(0, at))?.[0].length ?? 0);
}

function optionOf(one: Suggestion, shift: number, examples: string): Completion {
  return {
    label: one.label.replace(/^\[0?\]\./, ""),
    displayLabel: one.label,
    detail: one.detail,
    type: one.kind,
    boost: one.boost,
    apply: (view, _completion, _from, to) => applied(view, one, one.from + shift, to),
    ...(one.help === "" && one.fn === undefined ? {} : { info: () => told(one, examples) }),
  };
}

function applied(view: EditorView, one: Suggestion, from: number, to: number): void {
  // A bracket that closes by itself is not written twice.
  const rest = view.state.sliceDoc(to, to + 2);
  const closes = /['"]\]$/.test(one.apply) ? (rest === one.apply.slice(-2) ? 2 : rest.startsWith(one.apply.slice(-2, -1)) ? 1 : 0) : 0;
  const anchor = from + one.apply.length - one.back;
  view.dispatch({ changes: { from, to: to + closes, insert: one.apply }, selection: { anchor }, userEvent: "input.complete", scrollIntoView: true });
  if (one.kind === "node") startCompletion(view);
}

/** What a function does, with its examples. */
function told(one: Suggestion, examples: string): HTMLElement {
  const box = document.createElement("div");
  box.dir = "auto";
  if (one.fn !== undefined) box.append(element("code", one.fn.signature, "cm-studio-signature"));
  if (one.help !== "") box.append(element("p", one.help));
  if (one.fn !== undefined && one.fn.examples.length > 0) {
    box.append(element("div", examples, "cm-studio-heading"));
    for (const example of one.fn.examples.slice(0, 4)) {
      const line = element("div", "", "cm-studio-example");
      line.dir = "ltr";
      line.append(element("code", example.expression), element("span", " → "), element("code", JSON.stringify(example.result)));
      box.append(line);
    }
  }
  return box;
}

function element(name: string, text: string, className = ""): HTMLElement {
  const made = document.createElement(name);
  made.textContent = text;
  if (className !== "") made.className = className;
  return made;
}
