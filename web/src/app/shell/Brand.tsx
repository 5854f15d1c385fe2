import { Group, Text } from "@mantine/core";

import icon from "../icon.svg";

/** Name and sign. */
export function Brand() {
  return (
    <Group gap={8} wrap="nowrap">
      <img src={icon} width={26} height={26} alt="" />
      <Text fw={700} size="lg" visibleFrom="xs">
        Studio
      </Text>
    </Group>
  );
}
