/** Languages of code params, each loaded when it is first needed. */
import type { Extension } from "@codemirror/state";

import type { CodeLanguage } from "@/inspector/form/field";

/** Colours and indentation of a language, with expressions in it marked. */
export async function languageOf(language: CodeLanguage): Promise<Extension> {
  const { colours, marks } = await import("./language");
  const { syntaxHighlighting } = await import("@codemirror/language");
  return [await grammarOf(language), syntaxHighlighting(colours), marks];
}

async function grammarOf(language: CodeLanguage): Promise<Extension> {
  switch (language) {
    case "python":
      return (await import("@codemirror/lang-python")).python();
    case "javascript":
      return (await import("@codemirror/lang-javascript")).javascript();
    case "sql":
      return (await import("@codemirror/lang-sql")).sql();
    case "json":
      return (await import("@codemirror/lang-json")).json();
    case "markdown":
      return (await import("@codemirror/lang-markdown")).markdown();
    case "yaml":
      return (await import("@codemirror/lang-yaml")).yaml();
    case "plain":
      return [];
  }
}
