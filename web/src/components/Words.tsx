import { Fragment } from "react";

/** A sentence in which what stands between backticks is code. Nothing else in it means anything. */
export function Words({ text }: { text: string }) {
  return (
    <>
      {text.split("`").map((piece, index, pieces) => {
        const closed = index % 2 === 1 && index < pieces.length - 1;
        if (closed) return <code key={index}>{piece}</code>;
        return <Fragment key={index}>{index % 2 === 1 ? `\`${piece}` : piece}</Fragment>;
      })}
    </>
  );
}
