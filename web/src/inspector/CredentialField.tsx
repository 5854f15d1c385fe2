/** Which credential a node uses: by its name, so that the same workflow works elsewhere. */
import { Button, Group, Menu, Select, Text } from "@mantine/core";
import { IconKey, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useId, useState } from "react";
import { useTranslation } from "react-i18next";

import { api, everyPage, type ProblemOut } from "@/api";
import { useCan } from "@/app/session";
import type { NodePath } from "@/editor/contracts";
import { nodeAt, nodeKeys } from "@/editor/model/paths";
import { useEditor } from "@/editor/store";
import { useCredentialTypes } from "@/screens/credentials/types";
import { changes } from "./edit";
import classes from "./Inspector.module.css";

const CredentialForm = lazy(async () => ({ default: (await import("@/screens/credentials/CredentialForm")).CredentialForm }));

interface Props {
  readonly node: NodePath;
  readonly types: readonly string[];
  readonly problems: readonly ProblemOut[];
}

export function CredentialField({ node, types, problems }: Props) {
  const { t } = useTranslation("inspector");
  const id = useId();
  const can = useCan();
  const known = useCredentialTypes();
  const value = useEditor((state) => nodeAt(state.document, node)?.credential) as unknown;
  const readOnly = useEditor((state) => state.readOnly);
  const [making, setMaking] = useState<string | null>(null);
  const names = useNames(types);
  const chosen = typeof value === "string" ? value : null;
  const choose = (next: string | null): void => {
    const before = typeof value === "string" ? value : undefined;
    useEditor.getState().apply(changes([...nodeKeys(node), "credential"], before, next ?? undefined));
  };
  const options = chosen === null || names.some((one) => one.value === chosen) ? names : [{ value: chosen, label: chosen }, ...names];
  const told = problems.filter((one) => one.param === "credential" || one.param?.startsWith("credential."));
  const [only] = types;
  return (
    <div data-param="credential">
      <Text component="label" htmlFor={id} size="sm" fw={600} display="block" mb={4}>{t("credential.label")}</Text>
      <Group gap={6} wrap="nowrap">
        <Select id={id} className={classes.grow ?? ""} data={options} value={chosen} placeholder={t("credential.none")} clearable searchable disabled={readOnly} leftSection={<IconKey size={15} />} nothingFoundMessage={t("credential.nothing")} error={told.length > 0} onChange={choose} />
        {can("credential.manage") && !readOnly && only !== undefined && (
          types.length === 1 ? (
            <Button variant="default" leftSection={<IconPlus size={14} />} onClick={() => setMaking(only)}>{t("credential.new")}</Button>
          ) : (
            <Menu position="bottom-end" withinPortal>
              <Menu.Target>
                <Button variant="default" leftSection={<IconPlus size={14} />}>{t("credential.new")}</Button>
              </Menu.Target>
              <Menu.Dropdown>
                {types.map((one) => <Menu.Item key={one} onClick={() => setMaking(one)}>{known.get(one)?.title ?? one}</Menu.Item>)}
              </Menu.Dropdown>
            </Menu>
          )
        )}
      </Group>
      {told.map((one) => <Text key={one.message} size="xs" c="var(--studio-bad)" mt={4}>{one.message}</Text>)}
      <Text size="xs" c="var(--studio-muted)" mt={4}>{t("credential.help")}</Text>
      {making !== null && (
        <Suspense>
          <CredentialForm type={making} onClose={() => setMaking(null)} onMade={(made) => choose(made.name)} />
        </Suspense>
      )}
    </div>
  );
}

/** Names of credentials of these types, and names that stand for one in each environment. */
function useNames(types: readonly string[]): { value: string; label: string }[] {
  const can = useCan();
  const found = useQuery({
    queryKey: ["credentials", "names"],
    queryFn: async () => everyPage(async (cursor) => await api.listCredentials({ query: { cursor, limit: 200 } })),
    enabled: can("credential.view"),
  });
  const aliases = useQuery({
    queryKey: ["credentials", "aliases"],
    queryFn: async () => (await api.listCredentialAliases()).data.items,
    enabled: can("credential.view"),
    retry: false,
  });
  const own = (found.data ?? []).filter((one) => types.includes(one.type)).map((one) => ({ value: one.name, label: one.name }));
  const taken = new Set(own.map((one) => one.value));
  return [...own, ...(aliases.data ?? []).filter((one) => !taken.has(one.name)).map((one) => ({ value: one.name, label: one.name }))];
}
