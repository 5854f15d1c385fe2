/** The editor of an expression: colours, completion, problems underlined, and what it gives, right below. */
import type { Diagnostic } from "@codemirror/lint";
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { FunctionOut } from "@/api";
import type { CodeLanguage } from "@/inspector/form/field";
import { useLatest } from "@/shared/useLatest";
import { CodeEditor, type CodeHandle, type CodeProps } from "./code";
import { completing, type Known } from "./completing";
import { expressionLanguage } from "./language";
import { languageOf } from "./languages";
import { PreviewPane } from "./PreviewPane";
import { useFunctions, useScope, type Where } from "./server";
import { pieces } from "./template";
import { usePreview } from "./usePreview";

export interface ExpressionEditorProps extends Pick<CodeProps, "value" | "change" | "label" | "describedBy" | "invalid" | "disabled" | "lines" | "rows" | "autoFocus" | "enter" | "hint" | "handle"> {
  readonly where: Where;
  /** Changes when data may have changed. */
  readonly stamp: unknown;
  /** Language of the text around expressions. */
  readonly language?: CodeLanguage | undefined;
  /** Run what has no data yet, and what it needs. */
  readonly run?: ((node: string) => void) | undefined;
}

export default function ExpressionEditor(props: ExpressionEditorProps) {
  const { where, stamp, language, value, run, handle: told } = props;
  const { t } = useTranslation("expressions");
  const { names } = useScope(where, stamp);
  const functions = useFunctions();
  const extensions = useExtensions(names, functions, t("examples"), language);
  const preview = usePreview(where, value, stamp);
  const diagnostics = useMemo(() => diagnosticsOf(value, preview.now?.problem ?? null), [value, preview.now]);
  const [handle, setHandle] = useState<CodeHandle | null>(null);
  const keep = useCallback(
    (made: CodeHandle | null) => {
      setHandle(made);
      told?.(made);
    },
    [told],
  );
  const mend = (text: string): void => {
    const problem = preview.now?.problem;
    if (problem == null || handle === null) return;
    handle.replace(problem.start ?? 0, problem.end ?? value.length, text);
  };
  return (
    <div>
      <CodeEditor {...props} extensions={extensions} diagnostics={preview.stale ? NO_DIAGNOSTICS : diagnostics} invalid={props.invalid === true || diagnostics.length > 0} handle={keep} />
      <PreviewPane preview={preview} where={where} mend={mend} run={run} />
    </div>
  );
}

const NO_DIAGNOSTICS: readonly Diagnostic[] = [];
const PLAIN = expressionLanguage();

function useExtensions(names: Known["names"], functions: readonly FunctionOut[], examples: string, language: CodeLanguage | undefined) {
  const known = useLatest<Known>({ names, functions });
  const [outer, setOuter] = useState(PLAIN);
  useEffect(() => {
    if (language === undefined || language === "plain") return undefined;
    let gone = false;
    void languageOf(language).then((found) => (gone ? undefined : setOuter(found)));
    return () => {
      gone = true;
    };
  }, [language]);
  return useMemo(() => [outer, completing(known, examples)], [outer, known, examples]);
}

interface Problem {
  readonly start: number | null;
  readonly end: number | null;
  readonly message: string;
  readonly severity: "error" | "warning";
}

/** Where a problem is underlined; the whole expression where it has no place. */
function diagnosticsOf(text: string, problem: Problem | null): readonly Diagnostic[] {
  if (problem === null) return NO_DIAGNOSTICS;
  const first = pieces(text).find((one) => one.kind === "expression");
  const from = problem.start ?? first?.from ?? 0;
  const to = problem.end ?? first?.to ?? text.length;
  return [{ from, to: Math.max(to, from + 1), message: problem.message, severity: problem.severity }];
}
