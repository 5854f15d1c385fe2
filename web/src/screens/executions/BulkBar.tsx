import { Button, Group, Paper, Text } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconRefresh, IconRepeat, IconTrash, IconX } from "@tabler/icons-react";
import { useState, type ComponentType } from "react";
import { useTranslation } from "react-i18next";

import { api, type BulkOut } from "@/api";
import { useCan } from "@/app/session";
import { useFormat } from "@/i18n/format";
import { useAct } from "@/shared/act";
import { Confirm } from "@/shared/Confirm";
import { tell, tellProblem } from "@/shared/told";

import { filterOf, isNarrow, type Search } from "./search";

type Action = "cancel" | "pause" | "resume" | "replay" | "retry" | "delete";

const ACTIONS: readonly { action: Action; icon: ComponentType<{ size?: number }>; permission: string; danger?: boolean }[] = [
  { action: "retry", icon: IconRefresh, permission: "execution.control" },
  { action: "replay", icon: IconRepeat, permission: "execution.control" },
  { action: "pause", icon: IconPlayerPause, permission: "execution.control" },
  { action: "resume", icon: IconPlayerPlay, permission: "execution.control" },
  { action: "cancel", icon: IconX, permission: "execution.control", danger: true },
  { action: "delete", icon: IconTrash, permission: "execution.delete", danger: true },
];

interface Asked {
  readonly action: Action;
  readonly count: number;
  readonly all: boolean;
}

/** The same for many executions: for those chosen, or for everything that the filter finds. */
export function BulkBar({ chosen, search, onDone }: { chosen: ReadonlySet<string>; search: Search; onDone: () => void }) {
  const { t } = useTranslation("executions");
  const format = useFormat();
  const can = useCan();
  const [asked, setAsked] = useState<Asked | null>(null);
  const which = (all: boolean) => (all ? { filter: filterOf(search, Date.now()) } : { ids: [...chosen] });
  const act = useAct(async ({ action, all }: Asked) => (await api.actOnMany({ body: { action, ...which(all) } })).data, {
    changes: [["executions"]],
    after: (result) => {
      say(result);
      setAsked(null);
      onDone();
    },
  });
  const say = (result: BulkOut): void => {
    const refused = result.outcomes.filter((one) => one.code !== null);
    const done = result.outcomes.length - refused.length;
    if (done > 0) tell(t("bulk.done", { count: done, shown: format.number(done) }));
    if (refused[0] !== undefined) tellProblem(new Error(t("bulk.refused", { count: refused.length, shown: format.number(refused.length), why: refused[0].message ?? refused[0].code })));
  };
  const ask = (action: Action, all: boolean): void => {
    if (!all) setAsked({ action, all, count: chosen.size });
    // How many the filter finds is counted before it is asked about.
    else api.actOnMany({ body: { action, dry: true, ...which(true) } }).then(({ data }) => setAsked({ action, all, count: data.count }), tellProblem);
  };
  const all = chosen.size === 0;
  if (all && !isNarrow(search)) return null;
  return (
    <Paper withBorder p="xs" mb="sm" radius="md">
      <Group gap="xs">
        <Text size="sm" fw={600} me="xs" role="none">
          {all ? t("bulk.all_found") : t("bulk.chosen", { count: chosen.size, shown: format.number(chosen.size) })}
        </Text>
        {ACTIONS.filter((one) => can(one.permission)).map(({ action, icon: Icon, danger }) => (
          <Button key={action} size="compact-sm" variant="light" color={danger ? "red" : "indigo"} leftSection={<Icon size={14} />} onClick={() => ask(action, all)}>
            {t(`action.${action}`)}
          </Button>
        ))}
      </Group>
      <Confirm
        opened={asked !== null}
        title={asked === null ? "" : t(`action.${asked.action}`)}
        text={asked === null ? "" : t("bulk.sure", { count: asked.count, shown: format.number(asked.count) })}
        submit={asked === null ? "" : t(`action.${asked.action}`)}
        busy={act.isPending}
        onClose={() => setAsked(null)}
        onConfirm={() => asked !== null && act.mutate(asked)}
      />
    </Paper>
  );
}
