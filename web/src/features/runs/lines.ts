/** `present` and then `batch`, shortened from the front to at most `limit`. */
export function keepLast<T>(present: readonly T[], batch: readonly T[], limit: number): T[] {
  const all = [...present, ...batch];
  return all.length > limit ? all.slice(all.length - limit) : all;
}
