/** Colours of texts with expressions in them. */
import { HighlightStyle, StreamLanguage, syntaxHighlighting, type StreamParser } from "@codemirror/language";
import { RangeSetBuilder, type Extension } from "@codemirror/state";
import { Decoration, EditorView, ViewPlugin, type DecorationSet, type ViewUpdate } from "@codemirror/view";
import { tags } from "@lezer/highlight";

import { pieces } from "./template";

interface State {
  inside: boolean;
  depth: number;
  quote: string;
}

const WORDS = /^(?:and|or|not|in|is|if|else|for|lambda)\b/;
const ATOMS = /^(?:true|false|null|True|False|None)\b/;

/** Text, and between double braces the expression language. */
const mixed: StreamParser<State> = {
  name: "studio",
  startState: () => ({ inside: false, depth: 0, quote: "" }),
  copyState: (state) => ({ ...state }),
  token(stream, state) {
    if (!state.inside) {
      if (stream.match("{{{{")) return null;
      if (stream.match("{{")) {
        state.inside = true;
        state.depth = 0;
        return "meta";
      }
      stream.next();
      stream.eatWhile(/[^{]/);
      return null;
    }
    if (state.quote !== "") return text(stream, state);
    if (stream.eatSpace()) return null;
    if (state.depth === 0 && stream.match("}}")) {
      state.inside = false;
      return "meta";
    }
    return code(stream, state);
  },
};

type Stream = Parameters<StreamParser<State>["token"]>[0];

function text(stream: Stream, state: State): string {
  while (!stream.eol()) {
    const sign = stream.next();
    if (sign === "\\") stream.next();
    else if (sign === state.quote) {
      state.quote = "";
      break;
    }
  }
  return "string";
}

function code(stream: Stream, state: State): string | null {
  if (stream.match(/^[fF]?['"]/)) {
    state.quote = stream.current().slice(-1);
    return "string";
  }
  if (stream.match(/^\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?/)) return "number";
  if (stream.match(/^\.[A-Za-z_]\w*/)) return "propertyName";
  if (stream.match(WORDS)) return "keyword";
  if (stream.match(ATOMS)) return "atom";
  if (stream.match(/^[A-Za-z_]\w*(?=\s*\()/)) return "typeName";
  if (stream.match(/^[A-Za-z_]\w*/)) return "variableName";
  const sign = stream.next() ?? "";
  if ("([{".includes(sign)) state.depth += 1;
  else if (")]}".includes(sign)) state.depth = Math.max(state.depth - 1, 0);
  return "operator";
}

/** Colours of code, from variables of the page, so that they follow light and dark. */
export const colours = HighlightStyle.define([
  { tag: [tags.meta, tags.processingInstruction], color: "var(--studio-code-brace)", fontWeight: "600" },
  { tag: [tags.keyword, tags.atom, tags.bool, tags.null], color: "var(--studio-code-word)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--studio-code-text)" },
  { tag: tags.number, color: "var(--studio-code-number)" },
  { tag: [tags.typeName, tags.function(tags.variableName)], color: "var(--studio-code-function)" },
  { tag: [tags.propertyName, tags.attributeName], color: "var(--studio-code-key)" },
  { tag: tags.variableName, color: "var(--studio-code-name)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--studio-muted)", fontStyle: "italic" },
  { tag: tags.heading, fontWeight: "650" },
]);

/** The language of params that hold text with expressions. */
export function expressionLanguage(): Extension {
  return [StreamLanguage.define(mixed), syntaxHighlighting(colours), marks];
}

const mark = Decoration.mark({ class: "cm-studio-expression" });

/** A ground behind every expression, also within another language. */
export const marks = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = marked(view);
    }
    update(update: ViewUpdate): void {
      if (update.docChanged) this.decorations = marked(update.view);
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

function marked(view: EditorView): DecorationSet {
  const made = new RangeSetBuilder<Decoration>();
  for (const one of pieces(view.state.doc.toString())) {
    if (one.kind === "expression" && one.to > one.from) made.add(one.from, one.to, mark);
  }
  return made.finish();
}
