const AT_ONCE = 4;

/** Do something with each, a few at a time; answers with what failed. */
export async function each<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<Error[]> {
  const failures: Error[] = [];
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      try {
        await act(item);
      } catch (failure) {
        failures.push(failure instanceof Error ? failure : new Error(String(failure)));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return failures;
}
