export { createSteppedCache } from "../create-cache.js";
export { ModelLink, type ModelLinkOptions } from "./model-link.js";
export type { ModelMember, ModelRow, ModelState } from "./model-state.js";
export { modelSubject } from "./model-subject.js";
export { PendingCall, type SharedStoreCall } from "./pending-call.js";
export { type ModelSnapshot, RedisModel, type RedisModelOptions } from "./redis-model.js";
export { randomBelow, randomChoice, seededRandom } from "./seeded-random.js";
export {
  runTrace,
  shrinkTrace,
  type TraceReply,
  type TraceSubject,
} from "./shared-store-traces.js";
export { randomTrace, type ServerAct, type TraceCommand } from "./trace-command.js";
