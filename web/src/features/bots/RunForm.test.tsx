import { fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Version } from "../../api/types";
import { showAt } from "../../testing/router";
import type { Needed } from "../forms/needs";
import { RunForm } from "./RunForm";

const version = {
  id: "v1",
  input_schema: { type: "object", properties: { file: { type: "string", default: "contacts.csv" } } },
} as unknown as Version;
const byInput: Needed = { files: [{ name: null, parameter: "file", required: true, exact: true }], others: "none" };
let sent: unknown[] = [];

beforeEach(() => {
  sent = [];
  vi.stubGlobal("fetch", (address: string, { body = "" }: { body?: string }) => {
    if (address.endsWith("/me")) return Promise.resolve(Response.json({ principal: { scopes: ["runs:write"] } }));
    if (address.includes("/uploads")) return Promise.resolve(Response.json({ id: "u1" }));
    sent.push(JSON.parse(body));
    return Promise.resolve(Response.json({ id: "r1" }));
  });
});
afterEach(() => vi.unstubAllGlobals());

const form = (needed: Needed | undefined, of = version) =>
  showAt("/bots/b1", <RunForm version={of} needed={needed} botRef="b1" environment="" active />);
const start = async () => {
  const button = await screen.findByRole("button", { name: "Start the run" });
  await waitFor(() => expect(button.hasAttribute("disabled")).toBe(false));
  fireEvent.click(button);
};
const inputs = () => [...document.querySelectorAll<HTMLInputElement>("input[type=file]")];
const give = (input: HTMLInputElement | undefined, name: string) => fireEvent.change(input as Element, { target: { files: [new File(["a"], name)] } });

describe("a run's form", () => {
  it("names the file that the bot reads, and starts nothing without it", async () => {
    form(byInput);
    await start();
    expect((await screen.findByRole("alert")).textContent).toBe("It was not started: contacts.csv is missing. Choose it under Files.");
    expect(sent).toEqual([]);
    give(inputs()[0], "export.csv");
    await screen.findByText(/export\.csv, /);
    expect(screen.queryByRole("alert")).toBeNull();
    await start();
    await waitFor(() => expect(sent).toHaveLength(1));
    expect(sent[0]).toMatchObject({ input: { file: "contacts.csv" }, files: { "contacts.csv": "u1" } });
  });

  it("gives the file the name that the input says when it is sent", async () => {
    form(byInput);
    await screen.findByText("contacts.csv");
    give(inputs()[0], "export.csv");
    fireEvent.change(screen.getByLabelText("File"), { target: { value: "people.csv" } });
    await screen.findByText(/export\.csv, /);
    await start();
    await waitFor(() => expect(sent[0]).toMatchObject({ input: { file: "people.csv" }, files: { "people.csv": "u1" } }));
  });

  it("lets a file name the input where nothing does", async () => {
    form(byInput, { ...version, input_schema: { type: "object", properties: { file: { type: "string" } }, required: ["file"] } });
    await screen.findByText("needed");
    give(inputs()[0], "people.csv");
    await screen.findByText(/people\.csv, /);
    await start();
    await waitFor(() => expect(sent[0]).toMatchObject({ input: { file: "people.csv" }, files: { "people.csv": "u1" } }));
  });

  it("asks for any file where the bot works on whatever it is given", async () => {
    form({ files: [], others: "needed" });
    await start();
    expect((await screen.findByRole("alert")).textContent).toContain("at least one");
    expect(sent).toEqual([]);
  });

  it("offers files as ever where nothing is known, and stops nobody", async () => {
    form(undefined);
    await start();
    await waitFor(() => expect(sent[0]).toMatchObject({ files: {} }));
  });

  it("keeps a bot that reads no file free of it", async () => {
    form({ files: [], others: "none" });
    expect(await screen.findByText("Files, priority and delay")).toBeTruthy();
    await start();
    await waitFor(() => expect(sent).toHaveLength(1));
  });
});
