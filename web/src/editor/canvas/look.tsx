/** How a node type is recognised: its icon and its colour. */
import {
  IconArrowsSplit2, IconBinaryTree, IconBolt, IconBraces, IconBrackets, IconCalendar, IconClock, IconDatabase,
  IconDatabaseSearch, IconFile, IconFileSpreadsheet, IconGitMerge, IconHash, IconLetterCase, IconList, IconLock, IconPuzzle,
  IconRefresh, IconRepeat, IconRoute, IconShieldCheck, IconSum, IconSparkles, IconTable, IconUserCheck, IconWorld,
} from "@tabler/icons-react";
import { createElement, type ComponentType } from "react";

type Icon = ComponentType<{ size?: number | string; stroke?: number }>;

const OF_TYPE: Record<string, Icon> = {
  "flow.if": IconArrowsSplit2,
  "flow.switch": IconArrowsSplit2,
  "flow.merge": IconGitMerge,
  "flow.map": IconRepeat,
  "flow.while": IconRefresh,
  "flow.reduce": IconSum,
  "flow.try": IconShieldCheck,
  "flow.call": IconBinaryTree,
  "flow.approval": IconUserCheck,
  "flow.wait": IconClock,
  "trigger.schedule": IconClock,
  "trigger.webhook": IconWorld,
};

const OF_PACK: Record<string, Icon> = {
  ai: IconSparkles,
  crypto: IconLock,
  csv: IconFileSpreadsheet,
  data_table: IconDatabase,
  date: IconCalendar,
  files: IconFile,
  flow: IconRoute,
  http: IconWorld,
  json: IconBraces,
  list: IconList,
  number: IconHash,
  object: IconBrackets,
  sql: IconDatabaseSearch,
  table: IconTable,
  text: IconLetterCase,
  trigger: IconBolt,
  yaml: IconBraces,
};

/** The icon of a node type. */
export function iconOf(type: string): Icon {
  return OF_TYPE[type] ?? OF_PACK[type.slice(0, Math.max(0, type.indexOf(".")))] ?? IconPuzzle;
}

export function NodeIcon({ type, size = 18 }: { type: string; size?: number }) {
  return createElement(iconOf(type), { size, stroke: 1.8 });
}
