/** What travels between a test and its child. */
export type ToChild = {
  readonly t: "ask";
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
};

export type FromChild =
  | { readonly t: "ready" }
  | { readonly t: "answer"; readonly id: number; readonly value: unknown }
  | { readonly t: "failure"; readonly id: number; readonly error: CarriedError };

/** An error as data: enough of it to assert upon. */
export interface CarriedError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
}

export function carryError(error: unknown): CarriedError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  const stack = error.stack === undefined ? {} : { stack: error.stack };
  return { name: error.name, message: error.message, ...code, ...stack };
}

/** An error with the name, code and stack it had in the child. */
export function revivedError(carried: CarriedError): Error {
  const { message, ...rest } = carried;
  return Object.assign(new Error(message), rest);
}
