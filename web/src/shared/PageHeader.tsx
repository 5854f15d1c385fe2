import { Group, Stack, Text, Title } from "@mantine/core";
import { useDocumentTitle } from "@mantine/hooks";
import type { ReactNode } from "react";

interface Props {
  title: string;
  text?: string | undefined;
  /** Buttons at the end of the line. */
  children?: ReactNode;
}

/** The head of a screen; it names the browser's tab too. */
export function PageHeader({ title, text, children }: Props) {
  useDocumentTitle(`${title} · Studio`);
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="sm">
      <Stack gap={2}>
        <Title order={1}>{title}</Title>
        {text !== undefined && <Text c="var(--studio-muted)">{text}</Text>}
      </Stack>
      <Group gap="xs">{children}</Group>
    </Group>
  );
}
