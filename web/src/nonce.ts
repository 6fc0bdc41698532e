/** The nonce of this page, which every style element that a library makes must carry. */
export function styleNonce(): string {
  const element = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]");
  return element?.nonce ?? element?.getAttribute("nonce") ?? "";
}

/** Libraries that were made for another bundler (the lock of the page's scroll under a dialog) look for it here. */
export function shareNonce(): void {
  Object.assign(window, { __webpack_nonce__: styleNonce() });
}
