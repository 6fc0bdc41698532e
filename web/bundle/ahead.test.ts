import type { Rollup } from "vite";
import { expect, it } from "vitest";

import { filesOf } from "./ahead";

function chunk(fileName: string, modules: string[], imports: string[], css: string[] = []) {
  return { type: "chunk", fileName, imports, moduleIds: modules.map((one) => `/web/src/${one}`), viteMetadata: { importedCss: new Set(css) } };
}

const bundle = Object.fromEntries(
  [
    chunk("begin.js", ["begin.ts"], ["kit.js"], ["begin.css"]),
    chunk("main.js", ["main.tsx"], ["kit.js"]),
    chunk("kit.js", ["components/Stat.tsx"], []),
    chunk("home.js", ["features/home/HomePage.tsx"], ["kit.js", "charts.js"], ["home.css"]),
    // Parts may need each other.
    chunk("charts.js", [], ["home.js"], ["charts.css", "home.css"]),
  ].map((one) => [one.fileName, one]),
) as unknown as Rollup.OutputBundle;

it("names what a page needs besides what all pages need, once", () => {
  expect(filesOf(bundle, "home/HomePage")).toEqual({ scripts: ["home.js", "charts.js"], styles: ["home.css", "charts.css"] });
});

it("says which page is not in the build", () => {
  expect(() => filesOf(bundle, "home/Gone")).toThrow("features/home/Gone.tsx");
});
