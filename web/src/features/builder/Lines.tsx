import { Text } from "@mantine/core";

import { Words } from "../../components/Words";

interface Props {
  title: string;
  items: readonly string[] | undefined;
  ordered?: boolean;
  /** Said where there are none; without it nothing is shown then. */
  none?: string;
}

/** A few sentences under a heading of their own. */
export function Lines({ title, items = [], ordered = false, none }: Props) {
  if (items.length === 0 && none === undefined) return null;
  const List = ordered ? "ol" : "ul";
  return (
    <div>
      <Text component="h3" size="sm" fw={600} mb={4}>
        {title}
      </Text>
      {items.length === 0 ? (
        <Text size="sm" className="c32-dim">
          {none}
        </Text>
      ) : (
        <List className="c32-lines">
          {items.map((item, index) => (
            <li key={index}>
              <Words text={item} />
            </li>
          ))}
        </List>
      )}
    </div>
  );
}
