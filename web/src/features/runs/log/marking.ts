/** Where searched words stand in a line that was cut into styled pieces. */
import type { Piece } from "./ansi";

export interface Marked extends Piece {
  hit: boolean;
}

/** The pieces, cut further where a match begins or ends; matches may go over several pieces. Any case, as the server searches. */
export function marked(pieces: readonly Piece[], wanted: string): Marked[] {
  const text = pieces.map((piece) => piece.text).join("");
  const spans = wanted ? matches(text, wanted) : [];
  if (spans.length === 0) return pieces.map((piece) => ({ ...piece, hit: false }));
  const cuts = spans.flat();
  const found: Marked[] = [];
  let at = 0;
  for (const piece of pieces) {
    const end = at + piece.text.length;
    const inside = [at, ...cuts.filter((cut) => cut > at && cut < end), end];
    for (let part = 1; part < inside.length; part += 1) {
      const [from, to] = [inside[part - 1] ?? at, inside[part] ?? end];
      found.push({ text: text.slice(from, to), style: piece.style, hit: spans.some(([begin, stop]) => from >= begin && to <= stop) });
    }
    at = end;
  }
  return found;
}

/** Begin and end of each match, first to last, none over another. */
export function matches(text: string, wanted: string): [number, number][] {
  const [low, word] = [text.toLowerCase(), wanted.toLowerCase()];
  // In few alphabets a letter becomes longer in lower case; then places would not be those of the text.
  if (word === "" || low.length !== text.length) return [];
  const found: [number, number][] = [];
  for (let at = low.indexOf(word); at >= 0; at = low.indexOf(word, at + word.length)) found.push([at, at + word.length]);
  return found;
}
