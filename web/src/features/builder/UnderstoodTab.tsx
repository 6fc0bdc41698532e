import { ActionIcon, Button, Card, Select, Stack, Text, TextInput } from "@mantine/core";
import { Plus, X } from "lucide-react";
import { useState } from "react";

import { useMay } from "../../api/rights";
import { session as texts } from "../../texts/builder";
import { documentOf, isOver, rowOf, type Part, type Requirements, type Role, type Session } from "./documents";
import { Lines } from "./Lines";
import { NotYet } from "./NotYet";
import { useEdit } from "./queries";
import { SaveBar } from "./SaveBar";

const EMPTY: Part = { role: "step", words: "", says: "", block: "", slots: {} };

/** What was understood, part by part; its words can be changed, parts taken out and added. */
export function UnderstoodTab({ session }: { session: Session }) {
  const requirements = documentOf(session, "requirements");
  const row = rowOf(session, "requirements");
  if (!requirements || !row) return <NotYet session={session} text={texts.notYet.understood} />;
  return <Understood session={session} requirements={requirements} key={row.number} />;
}

function Understood({ session, requirements }: { session: Session; requirements: Requirements }) {
  const may = useMay();
  const [parts, setParts] = useState(requirements.parts);
  const edit = useEdit(session.id, "requirements");
  const locked = isOver(session) || !may("builder:write");
  const changed = JSON.stringify(parts) !== JSON.stringify(requirements.parts);
  const set = (at: number, part: Partial<Part>) => setParts(parts.map((one, index) => (index === at ? { ...one, ...part } : one)));
  return (
    <Stack gap="md">
      {changed && (
        <SaveBar
          busy={edit.isPending}
          error={edit.error}
          onSave={() => edit.mutate({ ...requirements, parts: parts.filter((part) => part.words.trim() !== "") })}
          onDiscard={() => setParts(requirements.parts)}
        />
      )}
      <Card>
        <Text size="sm" className="c32-dim" mb="sm">
          {session.engine === "models" ? texts.edit.modelsParts : texts.edit.recipesWords}
        </Text>
        <ol className="c32-rows">
          {parts.map((part, at) => (
            <PartRow
              part={part}
              number={at + 1}
              locked={locked}
              meaning={session.engine === "models"}
              onChange={(change) => set(at, change)}
              onRemove={() => setParts(parts.filter((_, index) => index !== at))}
              key={at}
            />
          ))}
        </ol>
        {!locked && (
          <div className="c32-below">
            <Button size="xs" variant="default" leftSection={<Plus size={14} aria-hidden />} onClick={() => setParts([...parts, EMPTY])}>
              {texts.edit.add}
            </Button>
          </div>
        )}
      </Card>
      <Card>
        <Stack gap="md">
          <Lines title={texts.overview.assumed} items={requirements.assumed} />
          <Lines title={texts.overview.notes} items={requirements.errors} />
        </Stack>
      </Card>
    </Stack>
  );
}

interface RowProps {
  part: Part;
  number: number;
  locked: boolean;
  /** Whether the meaning is written by hand as well; recipes read it from the words. */
  meaning: boolean;
  onChange: (change: Partial<Part>) => void;
  onRemove: () => void;
}

function PartRow({ part, number, locked, meaning, onChange, onRemove }: RowProps) {
  const { edit } = texts;
  return (
    <li>
      <div className="c32-part">
        {meaning && !locked ? (
          <Select
            size="xs"
            w={96}
            aria-label={edit.role(number)}
            data={Object.entries(edit.roles).map(([value, label]) => ({ value, label }))}
            value={part.role}
            allowDeselect={false}
            onChange={(role) => onChange({ role: role as Role })}
          />
        ) : (
          <Text size="sm" className="c32-dim c32-role">
            {edit.roles[part.role]}
          </Text>
        )}
        <TextInput
          size="xs"
          className="c32-grow"
          aria-label={edit.part(number)}
          readOnly={locked}
          value={part.words}
          onChange={(event) => onChange({ words: event.currentTarget.value })}
        />
        {!locked && (
          <ActionIcon variant="subtle" color="gray" aria-label={edit.remove(number)} onClick={onRemove}>
            <X size={16} aria-hidden />
          </ActionIcon>
        )}
      </div>
      {meaning && !locked ? (
        <TextInput
          size="xs"
          mt={4}
          aria-label={edit.meaning(number)}
          value={part.says}
          onChange={(event) => onChange({ says: event.currentTarget.value })}
        />
      ) : (
        <Text size="sm" className="c32-dim" mt={4}>
          {part.says}
        </Text>
      )}
    </li>
  );
}
