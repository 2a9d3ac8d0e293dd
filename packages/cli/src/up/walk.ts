import { type ExitCode, exitCode } from "../exit-code.js";
import { sampleUsers } from "./sample-users.js";

/** One line of the walk: what it shows, what to type, and what must come of it. */
export interface WalkStep {
  readonly shows: string;
  readonly args: readonly string[];
  readonly exit: ExitCode;
  /** What the answer must say. */
  readonly says: RegExp;
}

/** What the walk depends on. */
export interface WalkOptions {
  readonly redis: boolean;
  /** Where it is not the default one. */
  readonly state: string | null;
}

/** The first minute. The lines that are printed and the lines that are run are these. */
export function walkSteps({ redis, state }: WalkOptions): readonly WalkStep[] {
  const steps = [
    step("Nobody knows alice yet: the upstream is asked", ask("alice"), /^allow .* from upstream/),
    step("Asked again, her answer is at hand", ask("alice"), /^allow .* from memory/),
    step("The upstream vanishes", ["drill", "upstream", "down"], /down/),
    step(
      "Her answer outlives its freshness, and says how old it is",
      [...ask("alice"), "--until", "stale"],
      /^allow .* stale, .* old/,
    ),
    ...(redis ? [step("Redis goes too", ["drill", "redis", "down"], /down/)] : []),
    step("The control plane is killed (kill -9)", ["drill", "control", "kill"], /running again/),
    step("Her answer was on disk: still in", ask("alice"), /^allow .* from sqlite/),
    ...(redis ? [step("Redis comes back", ["drill", "redis", "up"], /up/)] : []),
    step("alice is taken off by name", ["revoke", "alice", "--reason", "lost laptop"], /^revoked/),
    step("No copy can let her in", ask("alice"), /^deny .* revoked/, exitCode.denied),
    step("The upstream comes back", ["drill", "upstream", "up"], /up/),
    step("Whoever is new can come in again", ask("bob"), /^allow .* from upstream/),
    step("What happened", ["status"], /saved/),
  ];
  if (state === null) return steps;
  return steps.map((one) => ({ ...one, args: [...one.args, "--state", state] }));
}

/** The step as a person pastes it. */
export function walkLine({ args }: WalkStep): string {
  return ["npx", "holdfast", ...args.map(quoted)].join(" ");
}

function step(
  shows: string,
  args: readonly string[],
  says: RegExp,
  exit: ExitCode = exitCode.done,
): WalkStep {
  return { shows, args, exit, says };
}

function ask(user: keyof typeof sampleUsers): readonly string[] {
  return ["decide", "auth", user, "--secret", sampleUsers[user].secret];
}

function quoted(text: string): string {
  return /^[A-Za-z0-9_./:@=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
