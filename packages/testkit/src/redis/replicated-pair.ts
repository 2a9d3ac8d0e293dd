import { type FaultProxy, startFaultProxy } from "../proxy/fault-proxy.js";
import { type RedisOptions, type RedisServer, startRedis } from "./redis-server.js";

/** A master and its replica. */
export interface ReplicatedPair extends AsyncDisposable {
  readonly master: RedisServer;
  readonly replica: RedisServer;
  /** The link over which the replica follows: cut it, and the replica never gets the last writes. */
  readonly link: FaultProxy;
  /** Makes the replica a master. The old one lives on unless the test kills it. */
  promote(): Promise<void>;
}

/** Starts a master and a replica that has caught up with it. */
export async function startReplicatedPair(options: RedisOptions = {}): Promise<ReplicatedPair> {
  const owned: AsyncDisposable[] = [];
  const release = async () => {
    for (const owner of owned.splice(0).reverse()) await owner[Symbol.asyncDispose]();
  };
  const own = async <T extends AsyncDisposable>(starting: Promise<T>): Promise<T> => {
    const owner = await starting;
    owned.push(owner);
    return owner;
  };
  try {
    const master = await own(startRedis(options));
    const replica = await own(startRedis(options));
    const link = await own(startFaultProxy({ targetPort: master.port }));
    await replica.replicaOf(link);
    return {
      master,
      replica,
      link,
      promote: () => replica.replicaOf(undefined),
      [Symbol.asyncDispose]: release,
    };
  } catch (error) {
    await release();
    throw error;
  }
}
