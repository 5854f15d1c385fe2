/** What a node is called and what it is; both can be changed here. */
import { ActionIcon, Button, Code, Popover, Text, TextInput, Tooltip, UnstyledButton } from "@mantine/core";
import { IconArrowsExchange, IconPencil } from "@tabler/icons-react";
import { useState, type SubmitEvent } from "react";
import { useTranslation } from "react-i18next";

import type { NodeDetail } from "@/api";
import { NodeIcon } from "@/editor/canvas/look";
import type { NodePath } from "@/editor/contracts";
import { whyNoId } from "@/editor/model/ids";
import { idOf, levelOf, nodeAt, nodeKeys, nodeOn, takenIds } from "@/editor/model/paths";
import { useEditor } from "@/editor/store";
import { changes } from "./edit";
import classes from "./Inspector.module.css";
import { SwapType } from "./SwapType";
import { useVisit } from "./useVisit";

export function Head({ node, detail }: { node: NodePath; detail: NodeDetail | undefined }) {
  const { t } = useTranslation("inspector");
  const document = useEditor((state) => nodeAt(state.document, node));
  const readOnly = useEditor((state) => state.readOnly);
  const apply = useEditor((state) => state.apply);
  const [swapping, setSwapping] = useState(false);
  const title = document?.title;
  const visit = useVisit(title, (next) => apply(changes([...nodeKeys(node), "title"], title, next === "" ? undefined : next)));
  if (document === undefined) return null;
  return (
    <header className={classes.head}>
      <span className={classes.icon}><NodeIcon type={document.type} /></span>
      <div className={classes.grow}>
        <TextInput
          className={classes.title ?? ""}
          size="sm"
          value={typeof visit.value === "string" ? visit.value : ""}
          placeholder={detail?.title ?? idOf(node)}
          aria-label={t("head.title")}
          disabled={readOnly}
          maxLength={200}
          onChange={(event) => visit.change(event.currentTarget.value)}
          onBlur={visit.leave}
          onKeyDown={(event) => event.key === "Enter" && visit.leave()}
        />
        <div className={classes.sub}>
          <Rename node={node} readOnly={readOnly} />
          <span aria-hidden>·</span>
          <Text inherit truncate title={detail?.description}>{detail?.title ?? document.type}</Text>
          {!readOnly && (
            <Popover opened={swapping} onChange={setSwapping} width={340} position="bottom-start" trapFocus returnFocus withinPortal>
              <Popover.Target>
                <Tooltip label={t("head.swap")}>
                  <ActionIcon size={20} variant="subtle" color="gray" aria-label={t("head.swap")} onClick={() => setSwapping(!swapping)}>
                    <IconArrowsExchange size={14} />
                  </ActionIcon>
                </Tooltip>
              </Popover.Target>
              <Popover.Dropdown p={8}>
                <SwapType node={node} detail={detail} done={() => setSwapping(false)} />
              </Popover.Dropdown>
            </Popover>
          )}
        </div>
      </div>
    </header>
  );
}

/** The id by which expressions read the node. They are rewritten with it. */
function Rename({ node, readOnly }: { node: NodePath; readOnly: boolean }) {
  const { t } = useTranslation("inspector");
  const [shown, setShown] = useState(false);
  const [id, setId] = useState("");
    const document = useEditor((state) => state.document);
  const taken = takenIds(document);
  taken.delete(idOf(node));
  const why = shown ? whyNoId(id, taken) : null;
  const submit = (event: SubmitEvent): void => {
    event.preventDefault();
    if (why !== null) return;
    setShown(false);
    if (id === idOf(node)) return;
    const { apply, open } = useEditor.getState();
    apply([{ op: "rename_node", node, to: id }]);
    open(nodeOn(levelOf(node), id));
  };
  return (
    <Popover opened={shown} onChange={setShown} width={300} position="bottom-start" trapFocus returnFocus withinPortal>
      <Popover.Target>
        <UnstyledButton
          className={classes.sub}
          disabled={readOnly}
          aria-label={t("head.rename")}
          title={t("head.rename")}
          onClick={() => {
            setId(idOf(node));
            setShown(!shown);
          }}
        >
          <Code>{idOf(node)}</Code>
          {!readOnly && <IconPencil size={12} />}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit}>
          <TextInput label={t("head.id")} description={t("head.id_help")} value={id} error={why === null ? undefined : t(`head.id_${why}`)} dir="ltr" data-autofocus onChange={(event) => setId(event.currentTarget.value)} />
          <Button type="submit" size="xs" mt="sm" disabled={why !== null}>{t("head.rename_do")}</Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
