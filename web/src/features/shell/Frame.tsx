/** The frame of every signed-in page, of plain elements: the build draws it into the first answer too (`bundle/frame.tsx`), so that it stands before any code has come. */
import { Menu, Search, User, X, type LucideIcon } from "lucide-react";
import type { ComponentProps, ReactNode } from "react";

import { common } from "../../texts/common";
import { shell } from "../../texts/shell";
import { PLACES, type Place } from "./pages";

interface Props {
  /** Stands before everything, for those who hear the page. */
  before?: ReactNode;
  workspace?: string | undefined;
  actions: ReactNode;
  /** One place of the navigation, around what it shows. */
  link: (place: Place, shown: ReactNode) => ReactNode;
  /** Whether a phone shows the navigation. */
  open?: boolean;
  onMenu?: () => void;
  children: ReactNode;
}

export function Frame({ before, workspace, actions, link, open = false, onMenu, children }: Props) {
  const Switch = open ? X : Menu;
  return (
    <>
      {before}
      <header className="c32-top">
        <div>
          <button type="button" className="c32-menu" aria-label={shell.menu} aria-expanded={open} onClick={onMenu}>
            <Switch size={22} aria-hidden />
          </button>
          <b>{common.product}</b>
          <span className="c32-dim c32-wide">{workspace}</span>
        </div>
        <div>{actions}</div>
      </header>
      <nav className="c32-places" aria-label={shell.navigation} data-open={open || undefined}>
        {PLACES.map((place) =>
          link(
            place,
            <>
              <place.icon size={18} strokeWidth={1.75} aria-hidden />
              {place.label}
            </>,
          ),
        )}
      </nav>
      <main className="c32-main" id="content" tabIndex={-1}>
        <div className="c32-content">{children}</div>
      </main>
    </>
  );
}

/** A button of the header; a phone shows only its icon. */
function TopButton({ icon: Icon, label, end, ...rest }: { icon: LucideIcon; label: string; end?: ReactNode } & ComponentProps<"button">) {
  return (
    <button type="button" className="c32-top-button" {...rest}>
      <Icon size={16} aria-hidden />
      <span className="c32-top-label">{label}</span>
      {end}
    </button>
  );
}

export function PaletteButton({ keys, ...rest }: { keys: string } & ComponentProps<"button">) {
  return <TopButton icon={Search} label={shell.palette.label} end={<kbd className="c32-wide">{keys}</kbd>} {...rest} />;
}

export function PersonButton({ name, ...rest }: { name: string } & ComponentProps<"button">) {
  return <TopButton icon={User} label={name} aria-label={`${shell.person}: ${name}`} aria-haspopup="menu" {...rest} />;
}
