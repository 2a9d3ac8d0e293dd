import { type ChildMessage, isModeOrder } from "./child-messages.js";
import { SampleUpstream } from "./sample-upstream.js";

/** Runs the sample upstream under `holdfast up`, and ends with it. */
export async function runSampleUpstream(port: number): Promise<void> {
  const tell = (message: ChildMessage): void => {
    if (process.connected) process.send?.(message);
  };
  const ended = new Promise<void>((resolve) => {
    process.once("SIGTERM", () => resolve());
    // Ctrl-C reaches the whole group; the parent decides about the order of ending.
    process.on("SIGINT", () => undefined);
    process.once("disconnect", resolve);
    if (!process.connected) resolve();
  });
  await using upstream = new SampleUpstream(port, (asked) => tell({ t: "asked", asked }));
  await upstream.be("up");
  process.on("message", (message) => {
    if (!isModeOrder(message)) return;
    const { mode } = message;
    // Not listening again is as good an end as any: the parent sees it and says so.
    void upstream.be(mode).then(() => tell({ t: "mode", mode }));
  });
  tell({ t: "listening", url: upstream.url });
  await ended;
  process.removeAllListeners("message");
  if (process.connected) process.disconnect();
}
