/** A value of an execution, of any size: as a tree, table, text, picture, JSON or schema. */
import { Button, Loader, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { isProblem } from "@/api";
import { useCan } from "@/app/session";
import type { ValueAddress } from "@/editor/contracts";
import { ProblemNote } from "@/shared/ProblemNote";

import { sourceOf, type Place } from "./address";
import { fileAddress } from "./fetching";
import { FileView, StoredTable } from "./FileView";
import { JsonView } from "./JsonView";
import { describe, entriesOf, MASK } from "./kinds";
import { Piece } from "./Piece";
import { SchemaView } from "./SchemaView";
import { SearchResults } from "./SearchResults";
import type { Part } from "./source";
import { TableView } from "./TableView";
import { identity, TextView } from "./TextView";
import { TreeView } from "./TreeView";
import { useActions } from "./useActions";
import { useSource, type Watched } from "./useSource";
import { ValueBar, type View } from "./ValueBar";
import classes from "./ValueView.module.css";

export interface ValueViewProps {
  readonly address: ValueAddress;
  /** A place of the value was chosen: double click, Enter. Without it, its path is copied. */
  readonly onPick?: ((place: string[]) => void) | undefined;
  /** Anything that changes where the value may have become another: the state of the node run. */
  readonly stamp?: unknown;
}

export function ValueView({ address, onPick, stamp }: ValueViewProps) {
  const [reveal, setReveal] = useState(false);
  const watched = useSource(address, reveal, stamp);
  const root = watched.source.root();
  const { failure } = watched.source;
  if (failure !== null) return <Failure failure={failure} />;
  if (root === null) return <div className={classes.center}><Loader size="sm" /></div>;
  const toggle = (): void => setReveal(!reveal);
  return <Shown key={reveal ? "revealed" : "masked"} {...{ address, onPick, watched, root, reveal, toggle }} />;
}

interface ShownProps {
  readonly address: ValueAddress;
  readonly onPick: ((place: string[]) => void) | undefined;
  readonly watched: Watched;
  readonly root: Part;
  readonly reveal: boolean;
  readonly toggle: () => void;
}

function Shown({ address, onPick, watched, root, reveal, toggle }: ShownProps) {
  const can = useCan();
  const views = viewsOf(root);
  const [chosen, setChosen] = useState<View | null>(null);
  const [search, setSearch] = useState("");
  const [wanted] = useDebouncedValue(search.trim(), 250);
  const act = useActions(address, watched.source);
  const view = chosen !== null && views.includes(chosen) ? chosen : (views[0] ?? "tree");
  const pick = (place: Place): void => (onPick === undefined ? act.copyPath(place) : onPick([...place]));
  const revealing = address.part === "output" && can("execution.reveal") && (reveal || JSON.stringify(root.value).includes(MASK));
  return (
    <div className={classes.root} data-value-kind={root.kind}>
      <ValueBar
        views={views}
        view={view}
        onView={setChosen}
        search={search}
        onSearch={setSearch}
        searchable={root.kind === "object" || root.kind === "list"}
        onCopy={(what) => (what === "path" ? act.copyPath([]) : act.copyValue([]))}
        onDownload={act.download}
        onReveal={revealing ? toggle : undefined}
        revealed={reveal}
      />
      {wanted === "" ? (
        <Body view={view} {...{ watched, root, pick, act }} file={fileAddress(address, [], reveal)} />
      ) : (
        <SearchResults key={wanted} source={watched.source} wanted={wanted} onPick={pick} />
      )}
    </div>
  );
}

interface BodyProps {
  readonly view: View;
  readonly watched: Watched;
  readonly root: Part;
  readonly pick: (place: Place) => void;
  readonly act: ReturnType<typeof useActions>;
  readonly file: string;
}

function Body({ view, watched, root, pick, act, file }: BodyProps) {
  const { t } = useTranslation("values");
  const { source } = watched;
  if (root.kind === "file") return <FileView value={root.value} address={file} />;
  if (root.kind === "table") return <StoredTable value={root.value} address={file} />;
  if (view === "json") return <JsonView source={source} root={root} />;
  if (view === "schema") return <SchemaView root={root} />;
  if (view === "text") return <TextView source={source} place={[]} size={root.size ?? 0} />;
  const table = tableIn(root);
  if (view === "table" && table !== null) return <TableView watched={watched} {...table} onPick={pick} />;
  if (root.kind !== "object" && root.kind !== "list") return <div className={classes.center}><Piece value={root.value} /></div>;
  if ((root.size ?? 0) === 0) return <div className={classes.center}><Text size="sm" c="var(--studio-muted)">{t(`empty.${root.kind}`)}</Text></div>;
  return (
    <TreeView key={identity(source)} watched={watched} size={root.size ?? 0} onPick={pick} onCopyPath={act.copyPath} onCopyValue={act.copyValue} onDrag={act.drag} />
  );
}

/** What a value can be shown as, the usual way first. */
function viewsOf(root: Part): View[] {
  if (root.kind === "text") return ["text", "json"];
  if (root.kind !== "object" && root.kind !== "list") return [];
  return tableIn(root) === null ? ["tree", "json", "schema"] : ["tree", "table", "json", "schema"];
}

/** The list that a table shows: the value itself, or the first long one right inside it. */
function tableIn(root: Part): { place: Place; size: number } | null {
  if (root.kind === "list") return (root.size ?? 0) > 0 ? { place: [], size: root.size ?? 0 } : null;
  const lists = entriesOf(root.value).map(([key, value]) => ({ key, ...describe(value) }));
  const found = lists.find((one) => one.kind === "list" && (one.size ?? 0) > 0);
  return found === undefined ? null : { place: [found.key], size: found.size ?? 0 };
}

function Failure({ failure }: { failure: unknown }) {
  const { t } = useTranslation("values");
  const none = isProblem(failure, "execution.no_output");
  if (!none) return <ProblemNote error={failure} />;
  return <div className={classes.center}><Text size="sm" c="var(--studio-muted)">{t("none")}</Text></div>;
}

/** A button that opens a picture or file where a value is told in a few words. */
export function Download({ address, place }: { address: ValueAddress; place: Place }) {
  const { t } = useTranslation("values");
  return (
    <Button component="a" size="compact-xs" variant="light" href={fileAddress(address, place, false)} download aria-label={sourceOf(address, place)}>
      {t("download")}
    </Button>
  );
}
