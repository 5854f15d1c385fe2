import { Box, Paper, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";

import { Brand } from "@/app/shell/Brand";

/** The frame of the screens before one is inside. */
export function Entry({ title, text, children }: { title: string; text?: string | undefined; children: ReactNode }) {
  useDocumentTitle(`${title} · Studio`);
  return (
    <Box component="main" mih="100dvh" style={{ display: "grid", placeItems: "center" }} p="md">
      <Stack w="100%" maw={420} gap="lg">
        <Brand />
        <Paper withBorder p="xl" radius="lg" shadow="sm">
          <Title order={1} mb={4}>
            {title}
          </Title>
          {text !== undefined && (
            <Text c="var(--studio-muted)" size="sm" mb="md">
              {text}
            </Text>
          )}
          {children}
        </Paper>
      </Stack>
    </Box>
  );
}
