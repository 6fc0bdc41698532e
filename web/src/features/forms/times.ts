/** Between what `<input type="datetime-local">` holds and ISO 8601 with an offset, which a bot can rely on. Pure. */

const two = (value: number) => String(Math.abs(Math.trunc(value))).padStart(2, "0");

/** `2026-03-29T09:00:00+02:00` → `2026-03-29T09:00:00` on the clock of this browser; undefined if it is no such time. */
export function toLocal(text: string): string | undefined {
  if (!/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/.test(text)) return undefined;
  const at = new Date(text.replace(" ", "T"));
  if (Number.isNaN(at.getTime())) return undefined;
  const day = `${String(at.getFullYear()).padStart(4, "0")}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** The other way round; "" for what is not a whole time yet. */
export function fromLocal(text: string): string {
  const at = new Date(text);
  if (text === "" || Number.isNaN(at.getTime())) return "";
  const offset = -at.getTimezoneOffset();
  const seconds = text.length === 16 ? ":00" : "";
  return `${text}${seconds}${offset < 0 ? "-" : "+"}${two(offset / 60)}:${two(offset % 60)}`;
}
