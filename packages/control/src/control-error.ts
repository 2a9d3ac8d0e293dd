/**
 * `invalid-setting`: a setting, named with its value and what is allowed. `state-directory`: a file
 * of the state directory cannot be used. `listen`: the address cannot be listened on.
 */
export type ControlErrorCode = "invalid-setting" | "state-directory" | "listen";

/** The one error of this room: what keeps the control plane from starting. */
export class ControlError extends Error {
  override readonly name = "ControlError";
  readonly code: ControlErrorCode;

  constructor(code: ControlErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
