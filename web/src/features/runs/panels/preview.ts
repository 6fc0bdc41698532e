/** Which files can be shown, and as what. Pictures only of kinds that hold no script; everything else as text, or not at all. */

export type Kind = "picture" | "table" | "json" | "text";

const PICTURES = new Map(Object.entries({ png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", gif: "image/gif", webp: "image/webp" }));
const TEXTS = new Set([
  "txt", "log", "md", "html", "htm", "xml", "svg", "yaml", "yml", "toml", "ini", "py", "js", "ts", "css", "sql", "sh", "jsonl", "ndjson", "tex", "ics", "eml",
]); // prettier-ignore

export const MOST_TEXT = 512 * 1024;
export const MOST_PICTURE = 8 * 1024 * 1024;
const MOST_ROWS = 200;
/** Of a file that is shown without being asked for. */
const MOST_UNASKED = 128 * 1024;
/** What people read; sources and markup wait until they are asked for. */
const READ = new Set(["csv", "tsv", "txt", "md"]);

export function kindOf(name: string): Kind | undefined {
  const ending = endingOf(name);
  if (PICTURES.has(ending)) return "picture";
  if (ending === "csv" || ending === "tsv") return "table";
  if (ending === "json") return "json";
  return TEXTS.has(ending) ? "text" : undefined;
}

/** The file that is most likely what was wanted: the first small table or text, else the first small picture. */
export function shownFirst(files: readonly { name: string; size: number }[]): string | undefined {
  const small = files.filter((file) => file.size > 0 && file.size <= MOST_UNASKED);
  const found = small.find((file) => READ.has(endingOf(file.name))) ?? small.find((file) => kindOf(file.name) === "picture");
  return found?.name;
}

function endingOf(name: string): string {
  return name.toLowerCase().split(".").at(-1) ?? "";
}

/** The type that a picture is shown as: by its name, never by what the bot says of it. */
export function pictureType(name: string): string {
  return PICTURES.get(endingOf(name)) ?? "image/png";
}

export function mostOf(kind: Kind): number {
  return kind === "picture" ? MOST_PICTURE : MOST_TEXT;
}

/** Rows and cells of CSV (RFC 4180; the separator is what the first line has most of), at most `most` rows. */
export function cells(text: string, most = MOST_ROWS): string[][] {
  const separator = separatorOf(text);
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  for (let at = 0; at < text.length && rows.length < most; at += 1) {
    const character = text[at] ?? "";
    if (quoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (character === '"' && cell === "") quoted = true;
    else if (character === separator) {
      row.push(cell);
      cell = "";
    } else if (character === "\n") {
      rows.push([...row, cell.replace(/\r$/, "")]);
      row = [];
      cell = "";
    } else cell += character;
  }
  if (rows.length < most && (cell || row.length)) rows.push([...row, cell]);
  return rows;
}

function separatorOf(text: string): string {
  const first = text.split("\n", 1)[0] ?? "";
  const counted = [",", ";", "\t"].map((mark) => [mark, first.split(mark).length] as const);
  return counted.reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

/** JSON with indentation; what is no JSON stays as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
