/** Colours and measures. */
import { createTheme, type MantineColorsTuple } from "@mantine/core";

const indigo: MantineColorsTuple = [
  "#f0f0ff", "#dfdefb", "#bdbbf1", "#9895e8", "#7975e0", "#6661dc", "#5b5bd6", "#4b4bbf", "#4243ab", "#373997",
];

export const theme = createTheme({
  primaryColor: "indigo",
  primaryShade: { light: 6, dark: 5 },
  colors: { indigo },
  defaultRadius: "md",
  fontFamily: 'Inter, "Noto Sans", "Noto Sans Arabic", system-ui, -apple-system, "Segoe UI", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "JetBrains Mono", "Noto Sans Mono", Menlo, Consolas, monospace',
  headings: { fontWeight: "650", sizes: { h1: { fontSize: "1.5rem" }, h2: { fontSize: "1.2rem" }, h3: { fontSize: "1.05rem" } } },
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
  autoContrast: true,
});
