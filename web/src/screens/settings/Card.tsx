import { Paper, Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

/** A part of the settings. */
export function Card({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <Paper withBorder p="lg" radius="lg" mb="md">
      <Title order={2} size="h3">
        {title}
      </Title>
      {text !== undefined && (
        <Text size="sm" c="var(--studio-muted)" mt={2}>
          {text}
        </Text>
      )}
      <Stack mt="md">{children}</Stack>
    </Paper>
  );
}
