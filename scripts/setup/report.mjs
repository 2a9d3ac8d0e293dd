/** What a person can mend: its message says how. */
export class SetupError extends Error {}

/** One line for the person at the terminal; stderr, so that the output of the main job stays its own. */
export function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}
