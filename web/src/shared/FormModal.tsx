import { Button, Group, Modal, Stack } from "@mantine/core";
import type { FormEvent, ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { ProblemNote } from "./ProblemNote";

interface Props {
  title: string;
  opened: boolean;
  onClose: () => void;
  onSubmit: (form: FormData) => void;
  submit: string;
  busy?: boolean;
  error?: unknown;
  danger?: boolean;
  size?: string | number;
  children: ReactNode;
}

/** A form over the screen: it stays open with what was typed until the server has taken it. */
export function FormModal({ title, opened, onClose, onSubmit, submit, busy, error, danger, size = "md", children }: Props) {
  const { t } = useTranslation();
  const send = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    onSubmit(new FormData(event.currentTarget));
  };
  return (
    <Modal opened={opened} onClose={onClose} title={title} size={size} closeButtonProps={{ "aria-label": t("close") }}>
      <form onSubmit={send}>
        <Stack>
          {children}
          <ProblemNote error={error} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={busy ?? false} {...(danger === true ? { color: "red" } : {})}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
