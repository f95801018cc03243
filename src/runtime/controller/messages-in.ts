import { World } from '../world';

/** How many messages a queue holds, whatever state they are in. None where there is no such queue. */
export async function messagesIn(world: World, queueUrl: string): Promise<number> {
  const depth = await world.queues.depth(queueUrl);
  return depth ? depth.visible + depth.inFlight + depth.delayed : 0;
}
