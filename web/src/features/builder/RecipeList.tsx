import { Collapse, Group, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { ChevronDown, Search } from "lucide-react";
import { useState } from "react";

import type { Schemas } from "../../api/types";
import { Answered } from "../../components/Answered";
import { builder } from "../../texts/builder";
import { common } from "../../texts/common";
import * as queries from "./queries";

const { recipes: texts } = builder;
type Recipe = Schemas["RecipeView"];

/** Every block that needs no model, with an example to begin with; asked for when it is opened. */
export function RecipeList({ onTake }: { onTake: (say: string) => void }) {
  const [opened, { toggle }] = useDisclosure();
  return (
    <section>
      <UnstyledButton onClick={toggle} aria-expanded={opened} className="c32-fold">
        <h2>{texts.title}</h2>
        <ChevronDown size={18} aria-hidden className="c32-turn" data-open={opened || undefined} />
      </UnstyledButton>
      <Collapse expanded={opened}>{opened && <Found onTake={onTake} />}</Collapse>
    </section>
  );
}

function Found({ onTake }: { onTake: (say: string) => void }) {
  const query = useQuery(queries.recipes());
  const [typed, setTyped] = useState("");
  const fits = (one: Recipe) => `${one.title} ${one.example}`.toLowerCase().includes(typed.trim().toLowerCase());
  return (
    <Answered query={query}>
      {({ items }) => {
        const found = items.filter(fits);
        return (
          <>
            <TextInput
              type="search"
              mt="sm"
              aria-label={texts.search}
              placeholder={texts.search}
              leftSection={<Search size={16} aria-hidden />}
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            {found.length === 0 && (
              <Text size="sm" mt="sm" className="c32-dim">
                {common.none}
              </Text>
            )}
            {Object.entries(texts.roles).map(([role, name]) => (
              <Blocks name={name} items={found.filter((one) => one.role === role)} onTake={onTake} key={role} />
            ))}
          </>
        );
      }}
    </Answered>
  );
}

function Blocks({ name, items, onTake }: { name: string; items: Recipe[]; onTake: (say: string) => void }) {
  if (items.length === 0) return null;
  return (
    <>
      <Group gap="xs" mt="md" mb={4}>
        <h3 className="c32-small-head">{name}</h3>
        <Text size="sm" className="c32-dim">
          {items.length}
        </Text>
      </Group>
      <div className="c32-examples">
        {items.map(({ name: key, title, example }) => (
          <button type="button" className="c32-example" key={key} onClick={() => onTake(example)}>
            <b>{title}</b>
            <span className="c32-dim">{example}</span>
          </button>
        ))}
      </div>
    </>
  );
}
