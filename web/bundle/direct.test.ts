import { expect, it } from "vitest";

import { direct } from "./direct";

const transform = direct().transform as (code: string, id: string) => { code: string } | null;
const of = (code: string, id = "/web/src/a.tsx") => transform(code, id)?.code;

it("takes a name from the file it is made in", () => {
  expect(of('import { House as Home } from "lucide-react";')).toMatch(/import \{ default as Home \} from ".*\/icons\/house\.mjs";/);
  expect(of('import { Button, Text as T } from "@mantine/core";')).toMatch(/\{ Button as Button \} from ".*Button\.mjs";.*\{ Text as T \} from ".*Text\.mjs";/);
});

it("leaves alone what it does not know", () => {
  expect(of('import { NoSuchThing } from "@mantine/core";')).toBe('import { NoSuchThing as NoSuchThing } from "@mantine/core";');
  expect(of('import { a } from "elsewhere";')).toBeUndefined();
  expect(of('import { Button } from "@mantine/core";', "/web/src/a.css")).toBeUndefined();
});
