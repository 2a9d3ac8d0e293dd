import type { SharedStore } from "../log/shared-store.js";
import { SharedStoreError, type SharedStoreErrorCode } from "../log/shared-store-error.js";

/** The calls of a shared store that go over the link. */
export type SharedStoreCall = Exclude<keyof SharedStore, "usable" | "onWake" | symbol>;

type State =
  | { readonly t: "requested" }
  /** It took effect; `answer` tells the caller. */
  | { readonly t: "delivered"; readonly answer: () => void }
  | { readonly t: "settled" };

/** A call on its way to the server or back. Steps that make no sense in its state do nothing. */
export class PendingCall {
  readonly name: SharedStoreCall;
  readonly #execute: () => () => void;
  readonly #reject: (error: unknown) => void;
  readonly #settled: () => void;
  #state: State = { t: "requested" };

  /** `execute` runs the call and returns what resolves it; `settled` is told once, before the caller is. */
  constructor(
    name: SharedStoreCall,
    execute: () => () => void,
    reject: (error: unknown) => void,
    settled: () => void,
  ) {
    this.name = name;
    this.#execute = execute;
    this.#reject = reject;
    this.#settled = settled;
  }

  get state(): State["t"] {
    return this.#state.t;
  }

  /** The request arrives and takes effect. */
  deliver(): void {
    if (this.#state.t !== "requested") return;
    this.#state = { t: "delivered", answer: this.#run() };
  }

  /** The answer arrives, the request before it where it has not yet. */
  reply(): void {
    this.deliver();
    if (this.#state.t !== "delivered") return;
    const { answer } = this.#state;
    this.#settle();
    answer();
  }

  /** The request never arrives: no effect, an error to the caller. Too late once it is delivered. */
  dropRequest(code: SharedStoreErrorCode = "timeout"): void {
    if (this.#state.t === "requested") this.lose(code);
  }

  /** It takes effect, and the caller gets an error all the same. */
  dropReply(code: SharedStoreErrorCode = "timeout"): void {
    this.deliver();
    this.lose(code);
  }

  /** The link breaks as things stand: an error to the caller, whatever took effect stays. */
  lose(code: SharedStoreErrorCode): void {
    if (this.#state.t === "settled") return;
    this.#settle();
    this.#reject(new SharedStoreError(code, `Cannot call "${this.name}": ${code}`));
  }

  #run(): () => void {
    try {
      return this.#execute();
    } catch (error) {
      return () => this.#reject(error);
    }
  }

  #settle(): void {
    this.#state = { t: "settled" };
    this.#settled();
  }
}
