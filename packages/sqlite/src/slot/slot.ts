/** A directory that one process at a time works in. */
export interface SlotPlace {
  readonly index: number;
  readonly directory: string;
}

/** A slot that this process holds until it releases it or ends, however it ends. */
export interface Slot extends SlotPlace, AsyncDisposable {
  release(): void;
}
