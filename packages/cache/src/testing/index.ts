export { ModelLink, type ModelLinkOptions } from "./model-link.js";
export type { ModelMember, ModelRow, ModelState } from "./model-state.js";
export { PendingCall, type SharedStoreCall } from "./pending-call.js";
export { type ModelSnapshot, RedisModel, type RedisModelOptions } from "./redis-model.js";
