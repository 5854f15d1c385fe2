import { Box, Button, Center, Skeleton, Table } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { ProblemNote } from "./ProblemNote";
import type { Pages } from "./pages";
import classes from "./ListTable.module.css";

export interface Column<T> {
  readonly key: string;
  readonly title: ReactNode;
  readonly cell: (item: T) => ReactNode;
  /** Narrow screens leave it out. */
  readonly wide?: boolean;
  readonly align?: "start" | "end";
  readonly width?: number | string;
}

interface Props<T> {
  /** Says what the table holds, to whoever does not see it. */
  label: string;
  pages: Pages<T>;
  columns: readonly Column<T>[];
  id: (item: T) => string;
  /** Shown where there is nothing. */
  empty: ReactNode;
  onOpen?: (item: T) => void;
}

/** What scrolls can be reached by the keyboard. */
const SCROLLED = { viewportProps: { tabIndex: 0 } };

/** A list as a table: its rows while they come, none at all, and the way to more. */
export function ListTable<T>({ label, pages, columns, id, empty, onOpen }: Props<T>) {
  const { t } = useTranslation();
  if (pages.error !== null && pages.items === undefined) return <ProblemNote error={pages.error} />;
  if (pages.items?.length === 0) return <Box className={classes.card}>{empty}</Box>;
  return (
    <Box className={classes.card}>
      <Table.ScrollContainer minWidth={320} scrollAreaProps={SCROLLED}>
        <Table highlightOnHover={onOpen !== undefined} aria-label={label} aria-busy={pages.items === undefined} verticalSpacing="sm">
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Table.Th key={column.key} {...look(column)}>
                  {column.title}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {pages.items === undefined && <Waiting columns={columns.length} />}
            {pages.items?.map((item) => (
              <Table.Tr
                key={id(item)}
                data-row={id(item)}
                className={onOpen ? classes.open : undefined}
                onClick={onOpen ? (event) => openUnlessOnControl(event, () => onOpen(item)) : undefined}
              >
                {columns.map((column) => (
                  <Table.Td key={column.key} {...look(column)}>
                    {column.cell(item)}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {pages.more !== null && (
        <Center p="sm">
          <Button variant="subtle" onClick={pages.more} loading={pages.loadingMore}>
            {t("more")}
          </Button>
        </Center>
      )}
    </Box>
  );
}

/** A click beside the row's own buttons and links opens it: for the mouse, beside a link in the row for the keyboard. */
function openUnlessOnControl(event: React.MouseEvent, open: () => void): void {
  if (event.target instanceof Element && event.target.closest("a, button, input, [role=menuitem], [role=dialog]") === null) open();
}

function look<T>(column: Column<T>) {
  return {
    w: column.width,
    ta: column.align ?? "start",
    ...(column.wide === true ? { visibleFrom: "sm" as const } : {}),
  };
}

function Waiting({ columns }: { columns: number }) {
  return [0, 1, 2, 3, 4].map((row) => (
    <Table.Tr key={row}>
      {Array.from({ length: columns }, (_, index) => (
        <Table.Td key={index}>
          <Skeleton h={14} w={index === 0 ? "60%" : "40%"} />
        </Table.Td>
      ))}
    </Table.Tr>
  ));
}
