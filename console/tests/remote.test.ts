import { expect, test } from "vitest";
import { nameOf } from "../src/api/imports";

test("a file of the web is called by its path, or as somebody says", () => {
  const named = (url: string, name = "") => nameOf({ url, name });
  expect(named("https://files.example.com/a/%E8%B4%A7%E7%89%A9.csv?token=1")).toBe("货物.csv");
  expect(named("https://files.example.com/%E0%A4%A.csv")).toBe("%E0%A4%A.csv");
  expect(named("https://files.example.com/", "goods.csv")).toBe("goods.csv");
  expect(named("no address")).toBe("no address");
});
