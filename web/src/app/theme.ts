/** Colours and measures. */
import {
  createTheme,
  defaultVariantColorsResolver,
  type CSSVariablesResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from "@mantine/core";

const indigo: MantineColorsTuple = [
  "#f0f0ff", "#dfdefb", "#bdbbf1", "#9895e8", "#7975e0", "#6661dc", "#5b5bd6", "#4b4bbf", "#4243ab", "#373997",
];

/** Light variants with text that keeps a contrast of 4.5 to what is behind it. */
const readable: VariantColorsResolver = (input) => {
  const found = defaultVariantColorsResolver(input);
  const name = input.color ?? "indigo";
  if (input.variant !== "light" || !(name in input.theme.colors)) return found;
  return { ...found, color: `light-dark(color-mix(in srgb, var(--mantine-color-${name}-9), black 25%), var(--mantine-color-${name}-2))` };
};

/** Quiet text that can still be read. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: { "--mantine-color-dimmed": "#5c5f6c", "--mantine-color-placeholder": "#6b6f7b" },
  dark: { "--mantine-color-dimmed": "#a3a6b4", "--mantine-color-placeholder": "#9a9dab" },
});

export const theme = createTheme({
  variantColorResolver: readable,
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
