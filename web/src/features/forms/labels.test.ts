import { describe, expect, it } from "vitest";

import { inWords, labelOf, saidOf, titleOf, withinOf } from "./labels";

describe("names of code in words", () => {
  it.each([
    ["file", "File"],
    ["max_rows", "Maximum rows"],
    ["maxRows", "Maximum rows"],
    ["min-price", "Minimum price"],
    ["url", "URL"],
    ["urls", "URLs"],
    ["api_key", "API key"],
    ["customer_ids", "Customer IDs"],
    ["HTTPServer", "HTTP server"],
    ["price_of_url", "Price of the URL"],
    ["price_of_the_url", "Price of the URL"],
    ["number_of_rows", "Number of rows"],
    ["num_rows", "Number of rows"],
    ["n_days", "Number of days"],
    ["rows_per_page", "Rows per page"],
    ["send_to_email", "Send to the email"],
    ["timeout_seconds", "Timeout (seconds)"],
    ["tax_percent", "Tax (%)"],
    ["price_usd", "Price (USD)"],
    ["seconds", "Seconds"],
    ["price_in_usd", "Price in USD"],
    ["is_active", "Active"],
    ["email_column", "Email column"],
    ["github_repo", "GitHub repo"],
    ["iphone_model", "iPhone model"],
    ["column_2", "Column 2"],
    ["__", "__"],
    ["", ""],
  ])("%s is %s", (name, words) => expect(inWords(name)).toBe(words));
});

describe("what a field is called", () => {
  it("is what somebody wrote, not what a program made of the name", () => {
    expect(labelOf("x", { title: "How far" })).toBe("How far");
    expect(labelOf("price_of_url", { title: "Price Of Url" })).toBe("Price of the URL");
    expect(labelOf("url", { title: "Url" })).toBe("URL");
    expect(labelOf("max_rows", { title: "Max rows, at most" })).toBe("Max rows, at most");
    expect(labelOf("price_of_url", { title: "Price of url" })).toBe("Price of url");
    expect(labelOf("max_rows", true)).toBe("Maximum rows");
  });

  it("of a class is its name in words", () => {
    expect([titleOf("CreditCard"), titleOf("Cat"), titleOf("A card or cash")]).toEqual(["Credit card", "Cat", "A card or cash"]);
  });
});

it("stands in a sentence as a word of it", () => {
  expect(["Required", "Customer IDs", "API key", "GitHub repo", "URL"].map(withinOf)).toEqual(["required", "customer IDs", "API key", "GitHub repo", "URL"]);
});

describe("what is said about a field", () => {
  it.each([
    ["the column with the email", "Email column", "The column with the email."],
    ["how many groups are reported", "Top", "How many groups are reported."],
    ["Name of the input file.", "File", "Name of the input file."],
    ["the limit", "Limit", undefined],
    ["URL", "URL", undefined],
    ["", "X", undefined],
    [undefined, "X", undefined],
    ["iPhone or Android", "Phone", "iPhone or Android."],
    ["the price of\n  URL now", "Price", "The price of URL now."],
    ["for example `a`", "X", "For example `a`"],
  ])("%s", (description, label, said) => expect(saidOf(description, label)).toBe(said));
});
