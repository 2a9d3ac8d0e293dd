export { type Control, startControl } from "./control.js";
export { ControlError, type ControlErrorCode } from "./control-error.js";
export { describeDuration, parseDuration } from "./duration.js";
export type { Problem } from "./http/problem.js";
export type { RevocationAnswer } from "./http/revocations-route.js";
export { type Listening, type RunOptions, runControl } from "./run-control.js";
export type { ControlSettings } from "./settings.js";
export { newFleetKey } from "./state/fleet-key.js";
export {
  ensureOwnDirectory,
  readOrMakeSecret,
  readOwnerOnly,
  writeOwnerOnly,
} from "./state/owner-only-file.js";
export { type ControlAddress, readControlAddress, stateFiles } from "./state/state-files.js";
export type { ControlStatus, UpstreamStatus } from "./status.js";
export { aborted, stopSignal } from "./stop-signal.js";
export { version } from "./version.js";
