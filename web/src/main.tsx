import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@/app/global.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "@/app/App";
import { startLanguages } from "@/i18n";

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no place for the interface.");
await startLanguages();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
