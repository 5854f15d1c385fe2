import { Alert, Code, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { isProblem } from "@/api";

/** What went wrong, in the words of the server, with what helps to find it in its log. */
export function ProblemNote({ error, title }: { error: unknown; title?: string }) {
  const { t } = useTranslation();
  if (error === null || error === undefined) return null;
  const known = isProblem(error);
  return (
    <Alert color="red" icon={<IconAlertTriangle size={18} />} title={title ?? t("problem.title")} role="alert">
      <Text size="sm">{error instanceof Error ? error.message : String(error)}</Text>
      {known && error.code !== "" && (
        <Text size="xs" c="var(--studio-muted)" mt={4}>
          <Code>{error.code}</Code>
          {error.requestId !== null && <> · {t("problem.request", { id: error.requestId })}</>}
        </Text>
      )}
    </Alert>
  );
}
