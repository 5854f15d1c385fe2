import { Stack, Text, Title } from "@mantine/core";
import type { ReactNode } from "react";

interface Props {
  title: string;
  text?: string | undefined;
  icon?: ReactNode;
  /** What can be done about it. */
  children?: ReactNode;
}

/** A place where there is nothing yet: what would be here, and how it comes. */
export function EmptyState({ title, text, icon, children }: Props) {
  return (
    <Stack align="center" gap="sm" py={64} px="md" ta="center" maw={520} mx="auto">
      {icon !== undefined && (
        <Text c="indigo" aria-hidden>
          {icon}
        </Text>
      )}
      <Title order={2}>{title}</Title>
      {text !== undefined && <Text c="var(--studio-muted)">{text}</Text>}
      {children}
    </Stack>
  );
}
