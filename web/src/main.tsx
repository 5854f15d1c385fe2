import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@/app/global.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App, nonce } from "@/app/App";
import { startLanguages } from "@/i18n";

const root = document.getElementById("root");
if (root === null) throw new Error("The page has no place for the interface.");
// Where a library adds a style of its own (dialogs hold the page still), it looks here for what allows it.
Object.assign(globalThis, { __webpack_nonce__: nonce() });
await startLanguages();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
