import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { filesBelow, manifest } from "./repository.js";

const documents = filesBelow(".", /\.md$/);
// Documents whose words in code letters must be found in the code; a changelog speaks of what has been.
const checked = documents.filter(
  (file) =>
    /^(README|ARCHITECTURE|CONTRIBUTING)\.md$|^packages\/[^/]+\/README\.md$/.test(file) ||
    file.startsWith("docs/"),
);

const sources = filesBelow(".", /\.(ts|mjs|lua|json)$|^run$/)
  .filter((file) => file !== "package-lock.json")
  .map((file) => readFileSync(file, "utf8"))
  .join("\n");

// Names of other programs, which no code of ours has to know.
const theirs = new Set(["LoadCredential", "noeviction", "min-replicas-to-write", "denied", "cp"]);

const operating = "docs/operate/";

/** The document without its blocks of code. */
function prose(file: string): string {
  return readFileSync(file, "utf8").replaceAll(/^```[^]*?^```/gm, "");
}

function codeSpans(file: string): string[] {
  return [...prose(file).matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? "");
}

/** Where a link leads inside the repository, without its anchor; undefined for another place. */
function target(file: string, link: string): string | undefined {
  if (/^[a-z]+:|^#/.test(link)) return undefined;
  return join(dirname(file), link.replace(/#.*$/, ""));
}

void test("the first page of the operator's book leads to every other page of it", () => {
  const first = `${operating}README.md`;
  const links = [...prose(first).matchAll(/\]\(([^)\s]+)\)/g)].map((match) =>
    target(first, match[1] ?? ""),
  );
  for (const page of documents.filter((file) => file.startsWith(operating) && file !== first))
    assert.ok(links.includes(page), `${page} is not among the links of ${first}`);
});

/** Options of commands that a document names, in its prose and in its blocks of code. */
function flags(file: string): string[] {
  return [...readFileSync(file, "utf8").matchAll(/(?<=[`\s])--[a-z][a-z-]+/g)].map(
    ([flag]) => flag,
  );
}

for (const guarantee of ["R1", "R2", "R3", "R4", "R5"]) {
  for (const file of ["README.md", "ARCHITECTURE.md", "packages/cache/README.md"]) {
    void test(`${file} says what ${guarantee} is`, () => {
      assert.match(readFileSync(file, "utf8"), new RegExp(`^(\\| |- \\*\\*)${guarantee}\\b`, "m"));
    });
  }
}

for (const file of documents) {
  void test(`every link of ${file} leads somewhere`, () => {
    for (const match of prose(file).matchAll(/\]\(([^)\s]+)\)/g)) {
      const path = target(file, match[1] ?? "");
      if (path !== undefined) assert.ok(existsSync(path), `"${match[1]}" is not there`);
    }
  });
}

for (const file of checked) {
  void test(`every path that ${file} names exists`, () => {
    const paths = codeSpans(file).filter((span) =>
      /^(packages|docs|tests|bench|scripts|examples|\.ci)\/[\w./-]*$/.test(span),
    );
    for (const path of paths) assert.ok(existsSync(path), `"${path}" is not there`);
  });

  void test(`every option of a command that ${file} names exists`, () => {
    for (const flag of flags(file)) assert.ok(sources.includes(flag), `"${flag}" is nowhere`);
  });

  void test(`every npm script that ${file} names exists`, () => {
    const { scripts = {} } = manifest(".");
    for (const span of codeSpans(file)) {
      const script = /^npm (?:run )?(start|test|(?<=run )[\w:-]+)/.exec(span)?.[1];
      if (script !== undefined) assert.ok(scripts[script], `"${span}" has no script`);
    }
  });

  void test(`every name in code letters in ${file} is one of the code`, () => {
    const names = codeSpans(file).filter((span) =>
      /^[A-Za-z_$][\w$]*([.-][\w$]+)*(\(\))?$/.test(span),
    );
    for (const name of names.filter((one) => !theirs.has(one))) {
      assert.ok(sources.includes(name.replace("()", "")), `"${name}" is nowhere in the code`);
    }
  });
}
