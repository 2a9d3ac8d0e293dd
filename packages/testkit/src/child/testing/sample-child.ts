import { writeFileSync } from "node:fs";
import { killSelfAt } from "../kill-self-at.js";
import { serveChild } from "../serve-child.js";

const beforeCommit = killSelfAt("before-commit");

serveChild({
  add: (a: number, b: number) => a + b,
  echo: (value: unknown) => value,
  environment: (name: string) => process.env[name],
  args: () => process.argv.slice(2),
  fail: () => {
    throw Object.assign(new TypeError("no such thing"), { code: "E_SAMPLE" });
  },
  say: (text: string) => process.stderr.write(`${text}\n`),
  never: () => new Promise(() => {}),
  leave: (code: number) => process.exit(code),
  commit: (path: string) => {
    writeFileSync(path, "begun");
    beforeCommit();
    writeFileSync(path, "done");
  },
});
