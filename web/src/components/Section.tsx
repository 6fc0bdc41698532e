import { useId, type ReactNode } from "react";

/** A part of a page with a heading of its own, so that it can be jumped to by ear and by eye. */
export function Section({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section className="c32-card" aria-labelledby={id}>
      <div className="c32-card-head">
        <h2 id={id}>{title}</h2>
        {actions}
      </div>
      {children}
    </section>
  );
}
