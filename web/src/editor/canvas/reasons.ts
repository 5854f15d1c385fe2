/** Why a wire may not be drawn, in words. */
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import type { Refusal } from "../model/connect";

export function useReason(): (why: Refusal) => string {
  const { t } = useTranslation("canvas");
  return useCallback(
    (why) => {
      if (why.why === "kind") return t("refused.kind", { given: t(`kind.${why.given}`), wanted: t(`kind.${why.wanted}`) });
      return t(`refused.${why.why}`);
    },
    [t],
  );
}
