/** The order in which files of a bot are read: its code, its tests, the rest, its page. Pure. */
const PLACES: Record<string, number> = { "bot.py": 0, "test_bot.py": 1, "README.md": 3 };
const REST = 2;

export function inOrder<T>(items: readonly T[], pathOf: (item: T) => string): T[] {
  const place = (item: T) => PLACES[pathOf(item)] ?? REST;
  return [...items].sort((one, other) => place(one) - place(other) || pathOf(one).localeCompare(pathOf(other)));
}
