import { checkCurrency } from "./checks.js";
import { plotOf } from "./plots.js";
import { drawProfile, type Theme } from "./profile.js";
import { checkRest, comeToRest, type Tally } from "./rest.js";
import { step } from "./steps.js";
import { type Broken, World } from "./world.js";

export interface Outcome {
  readonly seed: number;
  /** Null: every guarantee held. */
  readonly broken: Broken | null;
  readonly tally: Tally;
}

export interface SimulateOptions {
  /** Told every step. */
  readonly trace?: (line: string) => void;
  /** What there is to be much of. @default drawn from the seed */
  readonly theme?: Theme;
  /** Whether the product was built to join barriers as soon as there are two. @default false */
  readonly joining?: boolean;
}

/** One schedule, from its seed alone. */
export async function simulate(seed: number, options: SimulateOptions = {}): Promise<Outcome> {
  const world = new World(seed, options.trace ?? null, options.joining ?? false);
  const tally: Tally = { anew: 0, rivals: 0 };
  const rejected = (reason: unknown): void => {
    world.breaks("liveness", `unhandled rejection: ${textOf(reason)}`);
  };
  process.on("unhandledRejection", rejected);
  try {
    await run(world, tally, options.theme ?? null);
  } catch (error) {
    world.breaks("harness", textOf(error));
  } finally {
    process.off("unhandledRejection", rejected);
    for (const instance of world.instances) instance.end();
  }
  return { seed, broken: world.broken, tally };
}

async function run(world: World, tally: Tally, theme: Theme | null): Promise<void> {
  world.look = (instance) => checkCurrency(world, instance);
  const profile = drawProfile(world.random, theme);
  for (const instance of world.instances) if (world.random() < 0.8) instance.start();
  await world.settle();
  if (world.random() < 0.7) {
    for (const instance of world.instances) await world.passAll(instance);
    for (const instance of world.instances) await world.passAll(instance);
  }
  const plot = plotOf(world, profile.theme);
  for (let count = 0; count < profile.steps && world.broken === null; count += 1) {
    if (plot !== null && world.random() < 0.5) await plot();
    else await step(world, profile);
    for (const instance of world.instances) checkCurrency(world, instance);
  }
  if (world.broken === null) await comeToRest(world);
  if (world.broken === null) await checkRest(world, tally);
}

function textOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
