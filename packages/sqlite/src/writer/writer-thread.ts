import {
  type MessagePort,
  parentPort,
  receiveMessageOnPort,
  workerData,
} from "node:worker_threads";
import { translateError } from "../translate-error.js";
import type { Unit } from "./committer.js";
import {
  type ErrorMessage,
  type FromWriter,
  type Task,
  type ToWriter,
  toMessage,
} from "./messages.js";
import type { WriterSettings } from "./writer.js";
import { WriterCore } from "./writer-core.js";

/** Units in one transaction: enough to share one sync, few enough not to keep the first one waiting. */
const maxGroupUnits = 1_024;

/** The writer's thread: takes what has arrived, commits it as a group, answers, looks again. */
function serve(port: MessagePort, settings: WriterSettings): void {
  const send = (message: FromWriter): void => port.postMessage(message);
  const core = new WriterCore(settings, {
    recovered: () => send({ t: "recovered" }),
    damaged: (error) => send({ t: "damaged", error: toMessage(error) }),
  });
  let group: Unit[] = [];

  const commitGroup = (): void => {
    if (group.length === 0) return;
    const units = group;
    group = [];
    const outcome = core.commit(units);
    if (outcome.t === "refused") {
      send({ t: "refused", count: units.length, error: toMessage(outcome.error) });
      return;
    }
    const failed = [...outcome.failed].map(([place, error]) => [place, toMessage(error)] as const);
    send({ t: "committed", count: units.length, failed });
  };

  const take = (message: ToWriter): void => {
    if (message.t === "units") {
      for (const unit of message.units) {
        group.push(unit);
        if (group.length === maxGroupUnits) commitGroup();
      }
      return;
    }
    commitGroup();
    if (message.t === "task") {
      send({ t: "done", id: message.id, error: perform(core, settings, message.task) });
      return;
    }
    core.close();
    port.close();
  };

  port.on("message", (first: ToWriter) => {
    let next: { readonly message: ToWriter } | undefined = { message: first };
    // Whatever came while the last group was being committed shares the next commit.
    while (next !== undefined) {
      take(next.message);
      next = receiveMessageOnPort(port);
    }
    commitGroup();
  });
}

function perform(core: WriterCore, settings: WriterSettings, task: Task): ErrorMessage | null {
  try {
    switch (task.t) {
      case "vacuum":
        core.vacuum(task.maxPages);
        break;
      case "check":
        core.check();
        break;
      case "probe":
        core.probe();
        break;
    }
    return null;
  } catch (cause) {
    return toMessage(translateError(`${task.t} "${settings.path}"`, cause));
  }
}

if (parentPort !== null) serve(parentPort, workerData);
