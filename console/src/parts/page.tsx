import { useEffect, useRef } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { t } from "../words";

interface PageProps {
  title: string;
  lead?: string;
  /** What stands above the title: where the page belongs. */
  above?: ComponentChildren;
  actions?: ComponentChildren;
  children: ComponentChildren;
  /** Fills the window, as a grid does. */
  full?: boolean;
}

export function Page({ title, lead, above, actions, children, full }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = t("app.title", { page: title });
  }, [title]);
  // The reader's place in a new page: its heading, for a screen reader and for the next Tab.
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <div class={full ? "page page-full" : "page"}>
      <div class="page-head">
        <div class="page-title">
          {above && <nav class="crumbs">{above}</nav>}
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p class="lead">{lead}</p>}
        </div>
        {actions && <div class="actions">{actions}</div>}
      </div>
      {children}
    </div>
  );
}
