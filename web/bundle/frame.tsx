/** What stands on a page before its code has come: its frame, its head and the places of what is being loaded, as markup without scripts and without styles of its own. */
import { renderToStaticMarkup } from "react-dom/server";

import { PageHead } from "../src/components/PageHead";
import { Frame, PaletteButton, PersonButton } from "../src/features/shell/Frame";
import { PAGES, type Page } from "./pages";

/** Nobody can use it and nobody hears it: the app, which takes its place, says the same. */
function Standing({ path, title, about, rows = 0, tall }: Page) {
  return (
    <div aria-hidden inert>
      <Frame
        actions={
          <>
            <PaletteButton keys="Ctrl K" />
            <PersonButton name="…" />
          </>
        }
        link={({ to }, shown) => (
          <span key={to} className="c32-nav" data-status={to === path ? "active" : undefined}>
            {shown}
          </span>
        )}
      >
        {title && <PageHead title={title} about={about} />}
        <div className="c32-waiting" data-tall={tall}>
          {Array.from({ length: rows }, (_, row) => (
            <div key={row} />
          ))}
        </div>
      </Frame>
    </div>
  );
}

/** Of each page in turn; empty for pages without a frame. */
export const frames = PAGES.map((page) => (page.rows === undefined ? "" : renderToStaticMarkup(<Standing {...page} />)));
