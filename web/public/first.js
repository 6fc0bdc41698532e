// Before the first paint, while the app itself is still on its way. A file, because the policy allows no inline script.
(function () {
  // A dark page never flashes white.
  var kept = null;
  try {
    kept = localStorage.getItem("mantine-color-scheme-value");
  } catch {
    // Storage is switched off: the system decides.
  }
  var dark = kept === "dark" || (kept !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");

  // What the page will ask is asked now; src/api/early.ts hands the answers out.
  var early = new Map();
  JSON.parse(document.currentScript.dataset.asks || "[]").forEach(function (path) {
    early.set(path, fetch("/api/v1" + path, { headers: { Accept: "application/json" } }).catch(function () {}));
  });
  window.codex32Early = early;
})();
