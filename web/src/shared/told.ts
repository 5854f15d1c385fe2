/** Short words at the edge of the screen, about what was done or could not be done. */
import { notifications } from "@mantine/notifications";
import i18next from "i18next";

/** Something was done. */
export function tell(message: string): void {
  notifications.show({ message, color: "teal" });
}

/** Something failed that has no better place to be shown. */
export function tellProblem(error: unknown): void {
  notifications.show({
    title: i18next.t("common:problem.title"),
    message: error instanceof Error ? error.message : String(error),
    color: "red",
    autoClose: 12_000,
  });
}
