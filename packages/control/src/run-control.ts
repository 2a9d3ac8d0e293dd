import type { Logger } from "pino";
import { startControl } from "./control.js";
import { createLog } from "./log.js";
import { type ControlSettings, resolveSettings } from "./settings.js";
import { aborted, stopSignal } from "./stop-signal.js";

/** What a supervised control plane tells its parent once it can be asked. */
export interface Listening {
  readonly t: "listening";
  readonly url: string;
  readonly tokenFile: string;
}

export interface RunOptions {
  /** True: a parent holds the other end of an IPC channel. It is told when we listen, and its end is ours. */
  readonly supervised: boolean;
  readonly onListening?: (listening: Listening) => void;
}

/** Runs a control plane until a signal, or the loss of the parent, ends it. */
export async function runControl(settings: ControlSettings, options: RunOptions): Promise<void> {
  const log = createLog(resolveSettings(settings).logLevel);
  const ended = untilTold(options.supervised);
  try {
    await serveUntil(ended, { settings, options, log });
  } finally {
    // Whoever listens for the parent's end keeps the channel, and with it this process, alive.
    if (options.supervised && process.connected) process.disconnect();
  }
}

interface Serving {
  readonly settings: ControlSettings;
  readonly options: RunOptions;
  readonly log: Logger;
}

async function serveUntil(ended: Promise<unknown>, { settings, options, log }: Serving) {
  await using control = await startControl(settings, log);
  const listening: Listening = { t: "listening", url: control.url, tokenFile: control.tokenFile };
  options.onListening?.(listening);
  if (options.supervised) process.send?.(listening);
  log.info({ why: await ended }, "told to stop");
}

/** Resolves with why. */
function untilTold(supervised: boolean): Promise<unknown> {
  if (!supervised) return aborted(stopSignal(["SIGTERM", "SIGINT"]));
  // Ctrl-C reaches the whole group; the parent decides about the order of ending.
  process.on("SIGINT", () => undefined);
  const parentGone = new Promise<string>((resolve) => {
    process.once("disconnect", () => resolve("parent gone"));
    if (!process.connected) resolve("parent gone");
  });
  return Promise.race([aborted(stopSignal(["SIGTERM"])), parentGone]);
}
