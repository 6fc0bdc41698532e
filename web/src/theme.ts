import { createTheme } from "@mantine/core";

import { common } from "./texts/common";

// The head of a dialog is an element `header`, which would be a second banner of the page.
const DIALOG = { header: { role: "presentation" } };

/** Colours keep a contrast of 4.5 : 1 and more in both schemes; see also the variables in theme.css. */
export const theme = createTheme({
  primaryColor: "cyan",
  primaryShade: 9,
  autoContrast: true,
  defaultRadius: "md",
  cursorType: "pointer",
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  headings: { fontWeight: "650", sizes: { h1: { fontSize: "1.5rem" }, h2: { fontSize: "1.125rem" }, h3: { fontSize: "1rem" } } },
  components: {
    Card: { defaultProps: { withBorder: true, padding: "md" } },
    Modal: { defaultProps: { centered: true, attributes: DIALOG } },
    Drawer: { defaultProps: { attributes: DIALOG } },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": common.close } } },
    Tooltip: { defaultProps: { withinPortal: true, events: { hover: true, focus: true, touch: false } } },
  },
});
