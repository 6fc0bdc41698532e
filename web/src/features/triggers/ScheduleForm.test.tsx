import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Schedule } from "../../api/types";
import { show } from "../../testing/render";
import { draftOf, newDraft } from "./draft";
import { ScheduleForm } from "./ScheduleForm";

const bot = { id: "b1", name: "report", kind: "job", environments: { dev: { version_id: "v1", number: 1 } } };
const version = { id: "v1", input_schema: { type: "object", properties: { limit: { type: "integer", default: 5 } } } };
const needed = { files: [{ name: "contacts.csv", parameter: null, required: true, exact: true }], others: "none" };
const ANSWERS: [RegExp, unknown][] = [
  [/needed-files$/, needed],
  [/\/versions\/v1$/, version],
  [/\/bots\/report$/, bot],
  [/\/bots\?/, { items: [bot] }],
  [/\/uploads\?/, { id: "u1" }],
  [/preview$/, { next_fires: [] }],
  [/\/schedules/, {}],
];
const sent: { method: string; path: string; body: unknown }[] = [];

beforeEach(() => {
  sent.length = 0;
  vi.stubGlobal("fetch", (address: string, { method = "GET", body = "" }: { method?: string; body?: string }) => {
    if (method !== "GET" && /schedules(?!\/preview)/.test(address)) sent.push({ method, path: address, body: JSON.parse(body) });
    return Promise.resolve(Response.json(ANSWERS.find(([path]) => path.test(address))?.[1]));
  });
});
afterEach(() => vi.unstubAllGlobals());

const choose = (name: string) => {
  const input = screen.getByText("contacts.csv").closest("li")?.querySelector("input[type=file]");
  fireEvent.change(input as Element, { target: { files: [new File(["a"], name)] } });
};

it("names the file that the runs need, and is not sent without it", async () => {
  const done = vi.fn();
  show(<ScheduleForm first={newDraft("report", "UTC")} fixed onDone={done} />);
  await screen.findByText("contacts.csv");
  fireEvent.click(screen.getByRole("button", { name: "Create the schedule" }));
  expect(screen.getByRole("alert").textContent).toContain("contacts.csv is missing");
  expect(sent).toEqual([]);
  choose("export (2).csv");
  await screen.findByText(/export \(2\)\.csv/);
  expect(screen.queryByRole("alert")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Create the schedule" }));
  await waitFor(() => expect(done).toHaveBeenCalled());
  expect(sent[0]?.body).toMatchObject({ bot: "report", input: {}, files: { "contacts.csv": "u1" } });
});

it("changes one that is there: its file is replaced or taken away, and its environment emptied", async () => {
  const before = {
    id: "s1", bot_name: "report", bot_id: "b1", cron: "0 9 * * mon-fri", timezone: "UTC", name: "mornings", misfire: "once", environment: "dev", origin: "person",
    input: { limit: 3 }, files: [{ name: "contacts.csv", size: 3, digest: "x" }],
  } as unknown as Schedule; // prettier-ignore
  const done = vi.fn();
  show(<ScheduleForm first={draftOf(before)} before={before} onDone={done} />);
  await screen.findByText("contacts.csv");
  expect(screen.queryByRole("alert")).toBeNull();
  fireEvent.click(screen.getByRole("button", { name: "Remove contacts.csv" }));
  expect(screen.getByRole("alert").textContent).toContain("Its runs would fail");
  fireEvent.change(screen.getByLabelText("Environment"), { target: { value: "" } });
  fireEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(done).toHaveBeenCalled());
  expect(sent).toEqual([{ method: "PATCH", path: "/api/v1/schedules/s1", body: { files: { "contacts.csv": null }, environment: null } }]);
});
