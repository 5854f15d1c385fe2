import { Box } from "@mantine/core";
import type { ReactNode } from "react";

/** The measures of a screen with lists and forms. */
export function Screen({ children, narrow = false }: { children: ReactNode; narrow?: boolean }) {
  return (
    <Box p={{ base: "sm", sm: "lg" }} maw={narrow ? 760 : 1280} mx="auto">
      {children}
    </Box>
  );
}
