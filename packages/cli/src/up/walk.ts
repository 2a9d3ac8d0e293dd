import { type ExitCode, exitCode } from "../exit-code.js";
import { sampleUsers } from "./sample-users.js";

/** One line of the walk: what it shows, what to type, and what must come of it. */
export interface WalkStep {
  readonly shows: string;
  readonly args: readonly string[];
  /** What is piped in: a secret never stands among the arguments, which others on the machine can see. */
  readonly input: string | null;
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
    ask("Nobody knows alice yet: the upstream is asked", "alice", /^allow .* from upstream/),
    ask("Asked again, her answer is at hand", "alice", /^allow .* from memory/),
    step("The upstream vanishes", ["drill", "upstream", "down"], /down/),
    untilStale(
      ask(
        "Once 15 s old her answer is stale, stands in, and says its age (this line waits for it)",
        "alice",
        /^allow .* stale, .* old/,
      ),
    ),
    ...(redis ? [step("Redis goes too", ["drill", "redis", "down"], /down/)] : []),
    step("The control plane is killed (kill -9)", ["drill", "control", "kill"], /running again/),
    ask("Her answer was on disk: still in", "alice", /^allow .* from sqlite/),
    ...(redis ? [step("Redis comes back", ["drill", "redis", "up"], /up/)] : []),
    step("alice is taken off by name", ["revoke", "alice", "--reason", "lost laptop"], /^revoked/),
    ask("No copy can let her in", "alice", /^deny .* revoked/, exitCode.denied),
    step("The upstream comes back", ["drill", "upstream", "up"], /up/),
    ask("Whoever is new can come in again", "bob", /^allow .* from upstream/),
    step("What happened", ["status"], /saved/),
  ];
  if (state === null) return steps;
  return steps.map((one) => ({ ...one, args: [...one.args, "--state", state] }));
}

/** The step as a person pastes it. */
export function walkLine({ args, input }: WalkStep): string {
  const command = ["npx", "holdfast", ...args.map(quoted)].join(" ");
  return input === null ? command : `echo ${quoted(input)} | ${command}`;
}

function step(shows: string, args: readonly string[], says: RegExp): WalkStep {
  return { shows, args, input: null, exit: exitCode.done, says };
}

function ask(
  shows: string,
  user: keyof typeof sampleUsers,
  says: RegExp,
  exit: ExitCode = exitCode.done,
): WalkStep {
  const args = ["decide", "auth", user];
  return { shows, args, input: sampleUsers[user].secret, exit, says };
}

function untilStale(asked: WalkStep): WalkStep {
  return { ...asked, args: [...asked.args, "--until", "stale"] };
}

function quoted(text: string): string {
  return /^[A-Za-z0-9_./:@=+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
