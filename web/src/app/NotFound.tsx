import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { EmptyState } from "@/shared/EmptyState";

/** Where an address leads nowhere. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <EmptyState title={t("not_found.title")} text={t("not_found.text")}>
      <Button component={Link} to="/workflows">
        {t("not_found.back")}
      </Button>
    </EmptyState>
  );
}
