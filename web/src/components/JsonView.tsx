import { Button, Code } from "@mantine/core";
import { useState } from "react";

import { common } from "../texts/common";

const SHOWN_CHARACTERS = 20_000;

/** A value as text, never as markup; a long one is cut until it is asked for. */
export function JsonView({ value, label }: { value: unknown; label: string }) {
  const [whole, setWhole] = useState(false);
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  const cut = !whole && text.length > SHOWN_CHARACTERS;
  return (
    <>
      <Code block className="c32-code" tabIndex={0} role="group" aria-label={label}>
        {cut ? `${text.slice(0, SHOWN_CHARACTERS)}…` : text}
      </Code>
      {cut && (
        <Button size="xs" mt="xs" variant="default" onClick={() => setWhole(true)}>
          {common.more}
        </Button>
      )}
    </>
  );
}
