/** Writes `pages.json`: for each page the files that it is made of, the frame to show while they come, and the questions to ask meanwhile. */
import { runnerImport, type Plugin, type Rollup } from "vite";

import { PAGES } from "./pages";

type Bundle = Rollup.OutputBundle;

/** A chunk and everything that it imports at once. */
function closure(bundle: Bundle, name: string, found = new Set<string>()): Set<string> {
  const chunk = bundle[name];
  if (chunk?.type !== "chunk" || found.has(name)) return found;
  found.add(name);
  for (const one of chunk.imports) closure(bundle, one, found);
  return found;
}

function chunkOf(bundle: Bundle, file: string): Rollup.OutputChunk {
  const found = Object.values(bundle).find((one) => one.type === "chunk" && one.moduleIds.some((id) => id.endsWith(`/src/${file}`)));
  if (found?.type !== "chunk") throw new Error(`No part of the build has ${file}: see bundle/pages.ts.`);
  return found;
}

/** What every page runs. */
function always(bundle: Bundle): Set<string> {
  return closure(bundle, chunkOf(bundle, "main.tsx").fileName, closure(bundle, chunkOf(bundle, "begin.ts").fileName));
}

/** The scripts and styles of a page that are not those of every page. */
export function filesOf(bundle: Bundle, file: string): { scripts: string[]; styles: string[] } {
  const every = always(bundle);
  const scripts = [...closure(bundle, chunkOf(bundle, `features/${file}.tsx`).fileName)].filter((name) => !every.has(name));
  const styles = scripts.flatMap((name) => [...((bundle[name] as Rollup.OutputChunk).viteMetadata?.importedCss ?? [])]);
  return { scripts, styles: [...new Set(styles)] };
}

export function ahead(): Plugin {
  return {
    name: "ahead",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (_, { bundle, chunk }) =>
        [...(bundle ? always(bundle) : [])]
          .filter((name) => name !== chunk?.fileName) // the page names it as its script
          .map((name) => ({ tag: "link", attrs: { rel: "modulepreload", crossorigin: true, href: `/${name}` }, injectTo: "head" as const })),
    },
    generateBundle: {
      order: "post",
      async handler(_, bundle) {
        const drawn = await runnerImport<typeof import("./frame")>("./bundle/frame.tsx");
        const pages = PAGES.map(({ path, file, asks = [], rows }, index) => ({
          path,
          ...filesOf(bundle, file),
          frame: drawn.module.frames[index] ?? "",
          asks: rows === undefined ? [] : ["/me", ...asks],
        }));
        this.emitFile({ type: "asset", fileName: "pages.json", source: JSON.stringify(pages) });
      },
    },
  };
}
