import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./theme.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app";
import { renew } from "./api/files";
import { shareNonce } from "./nonce";

shareNonce();

// After an upgrade the files of the old build are gone: the page that is open fetches the new one.
window.addEventListener("vite:preloadError", () => void renew());

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element #root");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
