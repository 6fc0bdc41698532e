import { Typography } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { AnchorHTMLAttributes, HTMLAttributes } from "react";
import Renderer from "react-markdown";
import gfm from "remark-gfm";

/** Markdown as elements. HTML in it stays text, pictures are left out, and links that do more than lead somewhere are dropped. */
export default function Markdown({ text }: { text: string }) {
  return (
    <Typography className="c32-markdown">
      <Renderer remarkPlugins={[gfm]} disallowedElements={["img"]} unwrapDisallowed components={{ a: Anchor, pre: Block }}>
        {text}
      </Renderer>
    </Typography>
  );
}

const GUIDE = /^([\w-]+)\.md(#.*)?$/;

/** Guides lead to each other inside the app; files of the repository are not here; the rest opens beside the app. */
function Anchor({ href = "", children }: AnchorHTMLAttributes<HTMLAnchorElement>) {
  const guide = GUIDE.exec(href)?.[1];
  if (guide) {
    return (
      <Link to="/guides/$guide" params={{ guide }}>
        {children}
      </Link>
    );
  }
  if (!/^https?:\/\//.test(href)) return <>{children}</>;
  return (
    <a href={href} target="_blank" rel="noreferrer">
      {children}
    </a>
  );
}

function Block({ children }: HTMLAttributes<HTMLPreElement>) {
  return <pre tabIndex={0}>{children}</pre>;
}
