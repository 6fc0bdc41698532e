import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

import type { Plugin } from "vite";

const PACKED = /\.(js|css|svg)$/;
const SMALLEST_WORTH_IT = 1024;

function filesBelow(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

/** Leaves `.br` and `.gz` beside each text file, so that the server compresses nothing while somebody waits. */
export function packed(): Plugin {
  return {
    name: "packed",
    apply: "build",
    closeBundle() {
      for (const path of filesBelow("dist").filter((name) => PACKED.test(name))) {
        const plain = readFileSync(path);
        if (plain.length < SMALLEST_WORTH_IT) continue;
        writeFileSync(`${path}.br`, brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }));
        writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }));
      }
    },
  };
}
