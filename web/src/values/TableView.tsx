import { useTranslation } from "react-i18next";

import { isRecord } from "@/editor/model/paths";

import type { Place } from "./address";
import { Piece } from "./Piece";
import type { Watched } from "./useSource";
import { useWindow } from "./useWindow";
import classes from "./ValueView.module.css";

const ROW = 28;
const MOST_COLUMNS = 40;

interface Props {
  readonly watched: Watched;
  readonly place: Place;
  readonly size: number;
  readonly onPick: (place: Place) => void;
}

/** A list of records as a table; columns are what the first page has. */
export function TableView({ watched, place, size, onPick }: Props) {
  const { t } = useTranslation("values");
  const { attach, first, last, height, top } = useWindow(size, ROW);
  const columns = columnsOf(watched, place, size);
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, offset) => first + offset);
  const below = Math.max(0, height - top - rows.length * ROW);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reached by the keyboard
    <section ref={attach} className={classes.body} tabIndex={0} dir="ltr" aria-label={t("table.label")}>
      <table className={classes.table} aria-rowcount={size + 1}>
        <thead>
          <tr>
            <th scope="col">#</th>
            {columns.length === 0 && <th scope="col">{t("table.value")}</th>}
            {columns.map((one) => <th scope="col" key={one} title={one}>{one}</th>)}
          </tr>
        </thead>
        <tbody>
          {top > 0 && <tr aria-hidden style={{ blockSize: top }} />}
          {rows.map((at) => <Line key={at} {...{ watched, place, at, columns, onPick }} />)}
          {below > 0 && <tr aria-hidden style={{ blockSize: below }} />}
        </tbody>
      </table>
    </section>
  );
}

function Line({ watched, place, at, columns, onPick }: Omit<Props, "size"> & { at: number; columns: readonly string[] }) {
  const value = watched.source.entry(place, at)?.[1];
  const here = [...place, String(at)];
  const record = isRecord(value) ? value : {};
  return (
    <tr aria-rowindex={at + 2}>
      <th scope="row">{at}</th>
      {value === undefined && <td>…</td>}
      {value !== undefined && columns.length === 0 && <td><Cell value={value} onPick={() => onPick(here)} /></td>}
      {value !== undefined && columns.map((one) => (
        <td key={one}>{one in record && <Cell value={record[one]} onPick={() => onPick([...here, one])} />}</td>
      ))}
    </tr>
  );
}

function Cell({ value, onPick }: { value: unknown; onPick: () => void }) {
  return (
    <button type="button" tabIndex={-1} className={classes.cell} onDoubleClick={onPick}>
      <Piece value={value} />
    </button>
  );
}

function columnsOf({ source }: Watched, place: Place, size: number): string[] {
  const found = new Set<string>();
  for (let at = 0; at < Math.min(size, 100); at += 1) {
    const value = source.entry(place, at)?.[1];
    if (isRecord(value) && !("$more" in value) && !("$file" in value)) for (const key of Object.keys(value)) found.add(key);
  }
  return [...found].slice(0, MOST_COLUMNS);
}
