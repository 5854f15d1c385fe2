/** A short tour of the editor, the first time that somebody opens a workflow. */
import { Button, Group, Paper, Text, Title } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { beside, STEPS, type Step } from "./steps";
import classes from "./Tour.module.css";

const SEEN = "studio.tour";
/** Looks, four a second, after which something is not there: a palette that narrow windows hide. */
const MISSED = 8;

export function Tour() {
  const { t } = useTranslation("tour");
  const [at, setAt] = useState(() => (localStorage.getItem(SEEN) === null ? 0 : STEPS.length));
  const step = STEPS[at];
  const target = useTarget(step, () => setAt(at + 1));
  const end = (): void => {
    localStorage.setItem(SEEN, "seen");
    setAt(STEPS.length);
  };
  useEffect(() => {
    if (step === undefined) return undefined;
    const press = (event: KeyboardEvent): void => {
      if (event.key === "Escape") end();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  });
  if (step === undefined || target === null) return null;
  const last = at === STEPS.length - 1;
  return (
    <>
      <div className={classes.ring} style={{ left: target.left - 6, top: target.top - 6, width: target.width + 12, height: target.height + 12 }} aria-hidden />
      <Paper className={classes.card} withBorder shadow="lg" p="md" role="dialog" aria-label={t("label")} style={beside(target)} data-tour={step.name}>
        <Text size="xs" c="dimmed">
          {t("step", { at: at + 1, of: STEPS.length })}
        </Text>
        <Title order={2} size="h4" mt={2}>
          {t(`steps.${step.name}.title`)}
        </Title>
        <Text size="sm" mt={4}>
          {t(`steps.${step.name}.text`)}
        </Text>
        <Group justify="space-between" mt="md">
          <Button size="xs" variant="subtle" color="gray" onClick={end}>
            {t("skip")}
          </Button>
          <Button size="xs" onClick={() => (last ? end() : setAt(at + 1))} autoFocus>
            {last ? t("end") : t("next")}
          </Button>
        </Group>
      </Paper>
    </>
  );
}

/** Where the step's target is; followed, since panels open and the window changes. What is not there is passed over. */
function useTarget(step: Step | undefined, passOver: () => void): DOMRect | null {
  const [found, setFound] = useState<DOMRect | null>(null);
  const pass = useRef(passOver);
  useEffect(() => {
    pass.current = passOver;
  });
  useEffect(() => {
    if (step === undefined) return undefined;
    let missed = 0;
    const look = (): void => {
      const box = document.querySelector(step.target)?.getBoundingClientRect() ?? null;
      missed = box === null ? missed + 1 : 0;
      if (missed > MISSED) pass.current();
      setFound((known) => (box !== null && known !== null && same(box, known) ? known : box));
    };
    look();
    const timer = setInterval(look, 250);
    return () => clearInterval(timer);
  }, [step]);
  return found;
}

function same(a: DOMRect, b: DOMRect): boolean {
  return a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height;
}
