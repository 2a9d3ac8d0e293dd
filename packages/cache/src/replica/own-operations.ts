import { addedTo, holds, type Removed } from "../log/removed.js";
import type { At } from "../log/row.js";
import type { PendingItem } from "./pending.js";

/** How own operations are named, and what a log that names them says of those that wait. */
export class OwnOperations {
  readonly #memberId: string;

  constructor(memberId: string) {
    this.#memberId = memberId;
  }

  name(number: number): string {
    return `${this.#memberId}:${number}`;
  }

  /**
   * The name under which a removal is published over what the disk has refused up to that place. A next
   * run has forgotten that; as its number lies between that of the operation and the one after it, it
   * is an operation that the disk knows nothing of.
   */
  renewed(number: number, { generation, seq }: At): string {
    return `${this.name(number)}.${seq}:${generation}`;
  }

  /** Whether the removals hold the one that waits, under whatever name it was published. */
  isPublished(pending: PendingItem, removed: Removed): boolean {
    const { removal } = pending;
    if (removal === null) return false;
    if (holds(removed, removal)) return true;
    return Object.values(removed).some(([, operation]) => {
      const own = this.#numberOf(operation);
      return own !== null && Math.floor(own) === pending.number;
    });
  }

  /** Whether a removal is new here, and not one that was made anew, or an own one that waits: that has been in force since it was made. */
  tellsOfRemoval(known: Removed, incoming: Removed, pending: PendingItem | undefined): boolean {
    let added = addedTo(known, incoming);
    added = added.filter((operation) => !holds(known, operation)); // rule: operation-id
    added = added.filter((operation) => !this.#isInForce(operation, pending)); // rule: operation-id
    return added.length > 0;
  }

  /** Whether the operation is the removal that waits, or an own one from before what waits. */
  #isInForce(operation: string, pending: PendingItem | undefined): boolean {
    if (pending === undefined) return false;
    if (operation === pending.removal) return true;
    const own = this.#numberOf(operation);
    return own !== null && own <= pending.number;
  }

  /** The number of an own operation; null for somebody else's. */
  #numberOf(operation: string): number | null {
    const [member, number] = operation.split(":");
    return member === this.#memberId ? Number(number) : null;
  }
}
