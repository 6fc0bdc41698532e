/** Names of code as a person would write them. Pure. */
import { isRules, type Schema } from "./schema";

/** Written in capitals, and how several of them are written. */
const CAPITALS = new Set(
  ("ai api aws bic cli cpu css csv dns eur faq gb gbp gdp gmt gps gpu hr html http https iban id imap io ip iso isbn it json jwt kb kpi llm mb md mx nif " +
    "ocr oauth os pdf php pin png pos ram rgb rss sdk seo sftp sku sla sms smtp sql ssh ssl svg tcp tls toml tsv tv ui uk uri url us usb usd utc uuid vat vip vpn xls xlsx xml yaml zip")
    .split(" ")
    .filter((word) => !["it", "us", "io", "os", "pos", "hr"].includes(word)),
);
const WHOLE: Record<string, string> = {
  max: "maximum",
  min: "minimum",
  num: "number",
  nr: "number",
  qty: "quantity",
  avg: "average",
  msg: "message",
  addr: "address",
  desc: "description",
  env: "environment",
  dir: "folder",
  config: "configuration",
  params: "parameters",
  temp: "temporary",
  oauth: "OAuth",
  github: "GitHub",
  gitlab: "GitLab",
  youtube: "YouTube",
  linkedin: "LinkedIn",
  paypal: "PayPal",
  whatsapp: "WhatsApp",
  iphone: "iPhone",
};
/** At the end of a name they say in what it is counted. */
const UNITS: Record<string, string> = {
  seconds: "seconds", secs: "seconds", sec: "seconds", minutes: "minutes", mins: "minutes", hours: "hours", days: "days", weeks: "weeks", ms: "milliseconds",
  milliseconds: "milliseconds", percent: "%", pct: "%", bytes: "bytes", kb: "kB", mb: "MB", gb: "GB", usd: "USD", eur: "EUR", gbp: "GBP", km: "km", kg: "kg", celsius: "°C",
}; // prettier-ignore
const BEFORE_THE = new Set(["of", "at", "for", "from", "to", "in", "on", "by", "per", "with"]);
/** Of these there is one: “the price of the URL”. After “per” and “by” one counts by kinds. */
const SINGLE = new Set("url api id file page site website link column table folder address bot user customer day month week year country city product shop message mail email".split(" "));
const COUNTED = /^(?:n|num|no|number)$/;

/** `maxRows`, `max-rows` and `HTTPServer` in words, without capitals. */
function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .split(/[\s_\-.]+/)
    .filter((word) => word !== "")
    .map((word) => word.toLowerCase());
}

function spelled(word: string): string {
  if (WHOLE[word]) return WHOLE[word];
  if (CAPITALS.has(word)) return word.toUpperCase();
  if (word.endsWith("s") && CAPITALS.has(word.slice(0, -1))) return `${word.slice(0, -1).toUpperCase()}s`;
  return word;
}

/** Whether the words are a name of code: `Price Of Url`, as pydantic titles `price_of_url`, is no more than that. */
function isMade(title: string, name: string): boolean {
  return wordsOf(title).join(" ") === wordsOf(name).join(" ") && !/[a-z] [a-z]/.test(title);
}

/** `price_of_url` → `Price of the URL`, `max_rows` → `Maximum rows`, `timeout_seconds` → `Timeout (seconds)`. */
export function inWords(name: string): string {
  const words = wordsOf(name);
  const last = words.at(-1) ?? "";
  const number = words.length === 2 && COUNTED.test(words[0] ?? "");
  const unit = words.length > 1 && !number && !BEFORE_THE.has(words.at(-2) ?? "") ? UNITS[last] : undefined;
  const told = (unit ? words.slice(0, -1) : words).flatMap((word, at, all): string[] => {
    if (at === 0 && COUNTED.test(word) && all.length > 1 && all[1] !== "of") return ["number", "of"];
    if (at === 0 && word === "is" && all.length > 1) return [];
    const one = at > 0 && at === all.length - 1 && SINGLE.has(word) && BEFORE_THE.has(all[at - 1] ?? "") && !/^(?:per|by)$/.test(all[at - 1] ?? "");
    return one ? ["the", spelled(word)] : [spelled(word)];
  });
  const text = told.join(" ");
  if (text === "") return name;
  const first = /^[a-z][A-Z]/.test(text) ? text : text.charAt(0).toUpperCase() + text.slice(1);
  return unit ? `${first} (${unit})` : first;
}

function titleIn(schema: Schema | undefined): string | undefined {
  return schema !== undefined && isRules(schema) ? schema.title?.trim() || undefined : undefined;
}

/** What a place of a list is called: its title, else what its number makes of it. */
export function placeOf(schema: Schema | undefined, numbered: string): string {
  const title = titleIn(schema);
  return title === undefined ? numbered : titleOf(title);
}

/** What a field is called: its title if somebody wrote one, else its name in words. */
export function labelOf(name: string, schema: Schema | undefined): string {
  const title = titleIn(schema);
  return title && !isMade(title, name) ? title : inWords(name);
}

/** A label inside of a sentence: without its capital, unless that is how its first word is written. */
export function withinOf(label: string): string {
  return /^[A-Z][a-z]*(?:\s|$)/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
}

/** A title that is the name of a class, in words; others as they are. */
export function titleOf(title: string): string {
  return /^[A-Z][A-Za-z\d]*$/.test(title) && /[a-z][A-Z]/.test(title) ? inWords(title) : title;
}

/** The description under a field: a sentence, however it was noted. One that only says the name again is none. */
export function saidOf(description: string | undefined, label: string): string | undefined {
  const text = description?.trim().replace(/\s+/g, " ") ?? "";
  if (text === "" || bare(text) === bare(label)) return undefined;
  const upper = /^[a-z]+(?:[\s,.:;)]|$)/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?…)\]:”"'`]$/.test(upper) ? upper : `${upper}.`;
}

const bare = (text: string) => text.toLowerCase().replace(/^(?:the|a|an) /, "").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
