import type { Generation } from "../log/shared-store.js";

/** What a shared store keeps: everything that a restart may lose and a snapshot brings back. */
export interface ModelState {
  generation: (Generation & { readonly foundedAtMs: number }) | null;
  seq: number;
  readonly log: Map<string, ModelRow>;
  readonly members: Map<string, ModelMember>;
  readonly copies: Map<string, ModelCopy>;
}

export interface ModelRow {
  readonly seq: number;
  readonly token: string;
  readonly row: string;
}

export interface ModelMember {
  readonly generation: string;
  readonly cursor: number;
  readonly said: boolean;
  readonly operation: number;
  readonly leaseUntilMs: number;
}

export interface ModelCopy {
  readonly bytes: Uint8Array;
  readonly expiresAtMs: number;
}

export function emptyState(): ModelState {
  return { generation: null, seq: 0, log: new Map(), members: new Map(), copies: new Map() };
}

/** The values are never changed in place, so that copying the maps is enough. */
export function copyState(state: ModelState): ModelState {
  return {
    generation: state.generation,
    seq: state.seq,
    log: new Map(state.log),
    members: new Map(state.members),
    copies: new Map(state.copies),
  };
}

/** Token of the entry at a place of the log; undefined where none stands there. */
export function tokenAt(state: ModelState, seq: number): string | undefined {
  for (const row of state.log.values()) if (row.seq === seq) return row.token;
  return undefined;
}

/** The member's last published operation in a generation; 0 where its record speaks of another. */
export function operationOf(state: ModelState, memberId: string, generation: string): number {
  const record = state.members.get(memberId);
  return record?.generation === generation ? record.operation : 0;
}
