import { Button, Group } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { ProblemNote } from "@/shared/ProblemNote";

/** Where a screen could not be shown. */
export function RouteFailure({ error, reset }: { error: unknown; reset: () => void }) {
  const { t } = useTranslation();
  const router = useRouter();
  return (
    <div role="alert" style={{ padding: "2rem", maxInlineSize: "40rem", marginInline: "auto" }}>
      <ProblemNote error={error} />
      <Group mt="md">
        <Button
          onClick={() => {
            reset();
            void router.invalidate();
          }}
        >
          {t("again")}
        </Button>
      </Group>
    </div>
  );
}
