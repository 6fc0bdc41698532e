import { startTransition, StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app";
import { renew } from "./api/files";
import { shareNonce } from "./nonce";
import { router } from "./router";

shareNonce();

// After an upgrade the files of the old build are gone: the page that is open fetches the new one.
window.addEventListener("vite:preloadError", () => void renew());

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no element #root");
const app = createRoot(root);
// The frame in index.html stands until the page's own file has come. As a transition, drawing lets input through.
void router.load().finally(() =>
  startTransition(() =>
    app.render(
      <StrictMode>
        <App />
      </StrictMode>,
    ),
  ),
);
