/** Whether the keyboard is nowhere in particular: what it was on is gone, or a page has just been opened, which puts it on the page's content. */
export function isIdle(): boolean {
  const at = document.activeElement;
  return at === null || at === document.body || at.id === "content";
}
