import { Text } from "@mantine/core";
import type { ReactNode } from "react";

import { FormModal } from "./FormModal";

interface Props {
  title: string;
  text: ReactNode;
  submit: string;
  opened: boolean;
  onClose: () => void;
  onConfirm: () => void;
  busy?: boolean;
  error?: unknown;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ title, text, submit, opened, onClose, onConfirm, busy, error }: Props) {
  return (
    <FormModal
      title={title}
      opened={opened}
      onClose={onClose}
      onSubmit={onConfirm}
      submit={submit}
      busy={busy ?? false}
      error={error}
      danger
    >
      <Text size="sm">{text}</Text>
    </FormModal>
  );
}
