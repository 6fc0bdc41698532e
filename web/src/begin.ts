/**
 * The first script. The frame in the page is painted before anything else runs, and then the app begins in pieces: one
 * script after the other in the same breath would keep a phone from answering a touch for half a second.
 */
import "./styles";

const PATIENCE_MS = 200;

function pause(): Promise<void> {
  return new Promise((go) => setTimeout(go));
}

/** After the next paint. A page that nobody sees is not painted. */
function painted(): Promise<void> {
  if (document.hidden) return Promise.resolve();
  return new Promise((go) => {
    requestAnimationFrame(() => setTimeout(go));
    setTimeout(go, PATIENCE_MS);
  });
}

const pieces = [() => import("react-dom/client"), () => import("@tanstack/react-router"), () => import("./app"), () => import("./main")];

async function begin(): Promise<void> {
  await painted();
  for (const piece of pieces) {
    await piece();
    await pause();
  }
}

// Not awaited here: the pieces need what stands in the file of this one. Without the app its frame is of no use to anybody.
begin().catch(() => {
  const root = document.getElementById("root");
  if (root) root.textContent = "Codex-32 could not be loaded. Reload the page.";
});
