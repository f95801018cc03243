import { join } from 'node:path';
import { GroundTruthSimulator, MemoryCloud, SimulatorOptions, VirtualClock } from '../../../src/local/simulator';

/** Work teams called `absent` do not exist, and requests are checked against the service's own model. */
export const CONTRACT_SIMULATOR: Partial<SimulatorOptions> = {
  workTeamExists: (arn) => !arn.endsWith('/absent'),
  serviceModelPath: join(__dirname, '../../local/simulator/fixtures/sagemaker-labeling.service-2.json'),
};

export function contractSimulator(): { readonly simulator: GroundTruthSimulator; pass(ms: number): Promise<void> } {
  const clock = new VirtualClock();
  const simulator = new GroundTruthSimulator(new MemoryCloud({ clock }), clock, CONTRACT_SIMULATOR);
  return {
    simulator,
    pass: async (ms) => {
      clock.advance(ms);
      await simulator.step();
    },
  };
}
