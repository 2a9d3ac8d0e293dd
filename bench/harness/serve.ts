/** In a program of its own: says that it is ready, then answers each message of the bench. It ends when the bench does. */
export function serve(answer: (message: string) => Promise<unknown>): void {
  process.on("message", (message) => void answer(String(message)).then(send));
  process.once("disconnect", () => process.exit());
  send("ready");
}

/** Sends the bench a message that it did not ask for. */
export function send(message: unknown): void {
  process.send?.(message ?? null);
}
