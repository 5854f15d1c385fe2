/** How code editors look, in the colours and measures of the page. */
import { EditorView } from "@codemirror/view";

export const look = EditorView.theme({
  "&": { fontSize: "13px", backgroundColor: "transparent", color: "var(--mantine-color-text)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "1.55", overflow: "auto" },
  ".cm-content": { padding: "6px 0", caretColor: "var(--mantine-color-text)" },
  ".cm-line": { padding: "0 10px" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--mantine-color-text)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection": {
    backgroundColor: "light-dark(#d7d6fa, #3b3b8f)",
  },
  ".cm-placeholder": { color: "var(--mantine-color-placeholder)" },
  ".cm-gutters": { backgroundColor: "transparent", border: "none", color: "var(--studio-muted)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "transparent" },
  ".cm-studio-expression": { backgroundColor: "var(--studio-code-ground)", borderRadius: "3px" },
  ".cm-lintRange-error": { backgroundImage: "none", textDecoration: "underline wavy var(--studio-bad) 1px", textUnderlineOffset: "3px" },
  ".cm-lintRange-warning": { backgroundImage: "none", textDecoration: "underline wavy var(--studio-warn) 1px", textUnderlineOffset: "3px" },
  ".cm-tooltip": {
    border: "1px solid var(--studio-line)", borderRadius: "8px", backgroundColor: "var(--mantine-color-body)",
    boxShadow: "var(--mantine-shadow-md)", color: "var(--mantine-color-text)", zIndex: "400",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul": { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "12.5px", maxHeight: "16em" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 8px", lineHeight: "1.5" },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]": {
    backgroundColor: "var(--mantine-primary-color-light)", color: "var(--mantine-color-text)",
  },
  ".cm-completionMatchedText": { textDecoration: "none", fontWeight: "700", color: "var(--mantine-primary-color-light-color)" },
  ".cm-completionDetail": { fontStyle: "normal", color: "var(--studio-muted)", marginInlineStart: "1.5em" },
  ".cm-tooltip.cm-completionInfo": { padding: "10px 12px", maxWidth: "360px", fontSize: "12.5px" },
  ".cm-tooltip-lint": { padding: "2px 4px", fontFamily: "var(--mantine-font-family)" },
  ".cm-diagnostic": { borderLeft: "none", padding: "4px 6px" },
  ".cm-panels": { backgroundColor: "var(--studio-sunken)", color: "var(--mantine-color-text)" },
});
