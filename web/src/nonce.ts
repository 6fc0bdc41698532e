/** The nonce of this page, which every style element that a library makes must carry. */
export function styleNonce(): string {
  const element = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]");
  return element?.nonce ?? element?.getAttribute("nonce") ?? "";
}

declare global {
  // What locks the page's scrolling under a dialog looks for the nonce by this name and knows no other.
  var __webpack_nonce__: string | undefined;
}

/** Let libraries that cannot be handed the nonce find it. Before anything is drawn. */
export function shareNonce(): void {
  globalThis.__webpack_nonce__ = styleNonce();
}
