/**
 * Colours of terminals (ECMA-48 SGR) as pieces of text with class names. Nothing else of a terminal is obeyed: other
 * sequences are dropped, and control characters are shown as the pictures that Unicode has of them, so that a line
 * can neither hide nor move what stands in it. What comes out is text; it never becomes markup.
 */

export interface Piece {
  text: string;
  /** Names from CLASSES, separated by spaces; "" for plain text. */
  style: string;
}

const COLOURS = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"] as const;
const EMPHASES = ["bold", "dim", "italic", "underline", "inverse", "struck"] as const;
/** Every class that a piece may have; theme colours of them are in log.css. */
export const CLASSES: ReadonlySet<string> = new Set([
  ...EMPHASES.map((name) => `c32-ansi-${name}`),
  ...COLOURS.flatMap((name) => [`c32-ansi-${name}`, `c32-ansi-on-${name}`]),
]);

// CSI with its parameters | OSC, DCS and the like up to their end | what is cut off in the middle | two characters.
// Every alternative is bounded by what follows the escape, so a line is read once, whatever is in it.
// eslint-disable-next-line no-control-regex -- control characters are what this file is about
const SEQUENCE = /\u001b(?:\[([0-?]*)([ -/]*)([@-~])|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\[[0-?]*[ -/]*|[ -/]*[0-~])/g;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f\u0080-\u009f]/g;
/** Marks that turn the direction of what follows, or are not seen at all: they could make a line read as another. */
const DECEIVING = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

interface State {
  front: string | undefined;
  back: string | undefined;
  emphases: ReadonlySet<string>;
}

const PLAIN: State = { front: undefined, back: undefined, emphases: new Set() };

/** The pieces of one line, in order; their texts together are the line without its sequences. */
export function ansi(line: string): Piece[] {
  if (!line.includes("\u001b")) return line ? [{ text: visible(line), style: "" }] : [];
  const pieces: Piece[] = [];
  let state = PLAIN;
  let end = 0;
  const add = (text: string) => {
    if (!text) return;
    const style = styleOf(state);
    const last = pieces.at(-1);
    if (last?.style === style) last.text += visible(text);
    else pieces.push({ text: visible(text), style });
  };
  for (const found of line.matchAll(SEQUENCE)) {
    add(line.slice(end, found.index));
    end = found.index + found[0].length;
    if (found[3] === "m" && found[2] === "") state = turned(state, found[1] ?? "");
  }
  add(line.slice(end));
  return pieces;
}

/** The line as it is shown, without colours: what a search marks and what is copied. */
export function plain(line: string): string {
  return ansi(line)
    .map((piece) => piece.text)
    .join("");
}

function visible(text: string): string {
  return text.replace(CONTROL, picture).replace(DECEIVING, "\ufffd");
}

function picture(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? "\u2421" : "\ufffd";
}

function styleOf({ front, back, emphases }: State): string {
  const names = [...emphases];
  if (front) names.push(front);
  if (back) names.push(`on-${back}`);
  return names.map((name) => `c32-ansi-${name}`).join(" ");
}

/** The state after the parameters of one `m`; those that are unknown change nothing. */
function turned(state: State, parameters: string): State {
  const codes = parameters.split(/[;:]/).map((part) => (part === "" ? 0 : Number(part)));
  let next = state;
  for (let at = 0; at < codes.length; at += 1) {
    const code = codes[at] ?? 0;
    if (code === 38 || code === 48) {
      const [colour, used] = extended(codes, at + 1);
      at += used;
      if (colour !== undefined) next = { ...next, [code === 38 ? "front" : "back"]: colour };
    } else next = simple(next, code);
  }
  return next;
}

const ON: Record<number, string> = { 1: "bold", 2: "dim", 3: "italic", 4: "underline", 7: "inverse", 9: "struck" };
const OFF: Record<number, readonly string[]> = { 22: ["bold", "dim"], 23: ["italic"], 24: ["underline"], 27: ["inverse"], 29: ["struck"] };

function simple(state: State, code: number): State {
  if (code === 0) return PLAIN;
  if (code === 39) return { ...state, front: undefined };
  if (code === 49) return { ...state, back: undefined };
  const on = ON[code];
  if (on) return { ...state, emphases: new Set([...state.emphases, on]) };
  const off = OFF[code];
  if (off) return { ...state, emphases: new Set([...state.emphases].filter((name) => !off.includes(name))) };
  const tens = Math.floor(code / 10);
  const colour = COLOURS[code % 10];
  if (colour && (tens === 3 || tens === 9)) return { ...state, front: colour };
  if (colour && (tens === 4 || tens === 10)) return { ...state, back: colour };
  return state;
}

/** `5;n` or `2;r;g;b` behind 38 and 48 as the nearest of the eight, and how many codes that took. */
function extended(codes: readonly number[], at: number): [colour: string | undefined, used: number] {
  if (codes[at] === 5) return [of256(codes[at + 1] ?? 0), 2];
  if (codes[at] === 2) return [nearest(codes[at + 1] ?? 0, codes[at + 2] ?? 0, codes[at + 3] ?? 0), 4];
  return [undefined, 0];
}

function of256(code: number): string | undefined {
  if (!(code >= 0 && code <= 255)) return undefined;
  if (code < 16) return COLOURS[code % 8];
  if (code >= 232) return code < 244 ? "black" : "white";
  const cube = code - 16;
  const level = (step: number) => (step === 0 ? 0 : 55 + 40 * step);
  return nearest(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

/** Each part counts if it is at least half of the strongest: bit 0 red, bit 1 green, bit 2 blue, as in COLOURS. */
function nearest(red: number, green: number, blue: number): string | undefined {
  const most = Math.max(red, green, blue);
  if (!(most >= 48)) return "black";
  const bit = (part: number, value: number) => (part * 2 > most ? value : 0);
  return COLOURS[bit(red, 1) | bit(green, 2) | bit(blue, 4)];
}
