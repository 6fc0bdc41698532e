import { useEffect, type ReactNode } from "react";

import { common } from "../texts/common";

interface Props {
  title: string;
  /** Stands before the title: where this page belongs, as links. */
  above?: ReactNode;
  badge?: ReactNode;
  about?: ReactNode;
  actions?: ReactNode;
}

/** The head of every page: its one `h1`, what it is about, and what can be done here. */
export function PageHead({ title, above, badge, about, actions }: Props) {
  useEffect(() => {
    document.title = common.pageOf(title);
  }, [title]);
  return (
    <header className="c32-head">
      <div className="c32-head-words">
        {above && <div className="c32-head-note">{above}</div>}
        <div className="c32-head-title">
          <h1 className="c32-break">{title}</h1>
          {badge}
        </div>
        {about && <div className="c32-head-note">{about}</div>}
      </div>
      {actions && <div className="c32-head-actions">{actions}</div>}
    </header>
  );
}
