// What the page will ask is asked while the app itself is still on its way; src/api/early.ts hands the answers out.
(function () {
  var early = new Map();
  JSON.parse(document.currentScript.dataset.asks || "[]").forEach(function (path) {
    early.set(path, fetch("/api/v1" + path, { headers: { Accept: "application/json" } }).catch(function () {}));
  });
  window.codex32Early = early;
})();
