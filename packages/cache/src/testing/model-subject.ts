import { ModelLink } from "./model-link.js";
import { RedisModel } from "./redis-model.js";
import type { TraceSubject } from "./shared-store-traces.js";
import { type ServerAct, traceMembers } from "./trace-command.js";

/** A model server for traces, whose every call is answered at once. */
export function modelSubject(): TraceSubject {
  const model = new RedisModel({ nowMs: () => 1_000_000_000_000 });
  const stores = Array.from(
    { length: traceMembers },
    () => new ModelLink(model, { delivery: "prompt" }),
  );
  let saved = model.snapshot();
  return {
    stores,
    reset: async () => {
      model.refusesWrites = false;
      model.evicts = false;
      model.flush();
      saved = model.snapshot();
    },
    act: async (act) => {
      if (act === "snapshot") saved = model.snapshot();
      else if (act === "restore") model.restore(saved);
      else perform(model, act);
    },
  };
}

function perform(model: RedisModel, act: Exclude<ServerAct, "snapshot" | "restore">): void {
  switch (act) {
    case "flush":
      return model.flush();
    case "restart-empty":
      return model.restartEmpty();
    case "promote":
      return model.promote();
    case "refuse-writes":
    case "take-writes":
      model.refusesWrites = act === "refuse-writes";
      return;
    case "evict-all-keys":
    case "evict-nothing":
      model.evicts = act === "evict-all-keys";
      return;
    default:
      return act satisfies never;
  }
}
