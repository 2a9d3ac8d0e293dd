export { exitCode } from "./exit-code.js";
export { type WalkOptions, type WalkStep, walkLine, walkSteps } from "./up/walk.js";
