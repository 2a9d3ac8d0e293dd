import { type LinkMode, linkModes } from "./up-state.js";

/** From a child to `holdfast up`. */
export type ChildMessage =
  | { readonly t: "listening"; readonly url: string }
  | { readonly t: "mode"; readonly mode: LinkMode }
  | { readonly t: "asked"; readonly asked: number };

/** From `holdfast up` to the sample upstream. */
export interface ModeOrder {
  readonly t: "mode";
  readonly mode: LinkMode;
}

export function isChildMessage(value: unknown): value is ChildMessage {
  if (!isObject(value)) return false;
  switch (value["t"]) {
    case "listening":
      return typeof value["url"] === "string";
    case "mode":
      return isLinkMode(value["mode"]);
    case "asked":
      return typeof value["asked"] === "number";
    default:
      return false;
  }
}

export function isModeOrder(value: unknown): value is ModeOrder {
  return isObject(value) && value["t"] === "mode" && isLinkMode(value["mode"]);
}

export function isLinkMode(value: unknown): value is LinkMode {
  return linkModes.some((mode) => mode === value);
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
