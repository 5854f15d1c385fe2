import { Alert, Button, Code, CopyButton, Group, Modal, Stack } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

interface Props {
  title: string;
  /** What to know of it: that it is not shown again, where to put it. */
  text: string;
  secret: string | null;
  onClose: () => void;
}

/** A secret that is shown once. */
export function SecretOnce({ title, text, secret, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal opened={secret !== null} onClose={onClose} title={title} size="lg" closeButtonProps={{ "aria-label": t("close") }}>
      <Stack>
        <Alert color="yellow">{text}</Alert>
        <Code block dir="ltr" style={{ overflowWrap: "anywhere", whiteSpace: "pre-wrap" }} data-secret>
          {secret}
        </Code>
        <Group justify="flex-end">
          <CopyButton value={secret ?? ""}>
            {({ copied, copy }) => (
              <Button
                variant="default"
                onClick={copy}
                leftSection={copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
              >
                {copied ? t("copied") : t("copy")}
              </Button>
            )}
          </CopyButton>
          <Button onClick={onClose}>{t("done")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
