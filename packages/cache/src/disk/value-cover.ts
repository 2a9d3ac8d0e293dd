/** How values lie on the disk: as they are, or sealed to their key. Opening what is not whole answers null. */
export interface ValueCover {
  close(value: string, key: string): string | Uint8Array;
  open(value: string | Uint8Array, key: string): string | null;
}

/** Values as they are. */
export const bareValues: ValueCover = {
  close: (value) => value,
  open: (value) => (typeof value === "string" ? value : null),
};
