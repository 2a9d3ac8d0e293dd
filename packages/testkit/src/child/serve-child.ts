import { TestkitError } from "../testkit-error.js";
import { carryError, type FromChild, type ToChild } from "./messages.js";

/** What a child can be asked. Arguments and answers are copied by structured clone. */
export type Handlers = Readonly<Record<string, (...args: never[]) => unknown>>;

/**
 * In a module started by `startChild`: answers the questions of the test, each by the handler of
 * its name, several at a time. The process ends at once when the test's process is gone.
 */
export function serveChild(handlers: Handlers): void {
  if (process.send === undefined) {
    throw new TestkitError("failed", "Cannot serve: this process was not started by startChild");
  }
  process.once("disconnect", () => process.kill(process.pid, "SIGKILL"));
  process.on("message", (message: ToChild) => void answer(handlers, message));
  send({ t: "ready" });
}

async function answer(handlers: Handlers, { id, name, args }: ToChild): Promise<void> {
  try {
    const handler = handlers[name];
    if (handler === undefined) throw new TestkitError("failed", `Cannot answer: no "${name}" here`);
    send({ t: "answer", id, value: await handler(...(args as never[])) });
  } catch (error) {
    send({ t: "failure", id, error: carryError(error) });
  }
}

function send(message: FromChild): void {
  process.send?.(message);
}
