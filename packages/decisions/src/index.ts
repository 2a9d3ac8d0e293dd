export type { Attributes, Decision, Reason, Unavailable, Verdict } from "./decision.js";
export type { DecisionCounts } from "./decision-counts.js";
export { createDecisions, type Decisions, type DecisionsStatus } from "./decisions.js";
export { DecisionsError, type DecisionsErrorCode } from "./decisions-error.js";
export { type AuthPolicy, cacheNamespaces, type DecisionsOptions } from "./options.js";
export {
  type AuthQuestion,
  maxSecretBytes,
  maxUserBytes,
  type Question,
  type Subject,
} from "./question.js";
export type { RevocationReceipt, RevokeOptions } from "./revocations.js";
export { createHttpUpstream, type HttpUpstreamOptions } from "./upstream/http-upstream.js";
export type { Upstream, UpstreamVerdict } from "./upstream/upstream.js";
export type { UpstreamCounts, UpstreamState } from "./upstream/watched-upstream.js";
