import picocolors from "picocolors";

/** Colours where a person looks at a terminal, and `NO_COLOR` is not set. */
export const colours = picocolors.createColors(
  process.stdout.isTTY === true && process.env["NO_COLOR"] === undefined,
);

export function printLine(text = ""): void {
  process.stdout.write(`${text}\n`);
}

/** For programs: one value, one line. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

export function printError(text: string): void {
  process.stderr.write(`${text}\n`);
}
