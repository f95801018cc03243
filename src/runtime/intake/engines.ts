import { ENVIRONMENT } from '../../contract/environment';
import { ProjectConfiguration } from '../../contract/project-configuration';
import { LambdaHook } from '../aws/lambda-hook';
import { World } from '../world';
import { BuiltInEngine } from './built-in-engine';
import { Engine } from './engine';
import { EngineWatch } from './engine-health';
import { HookEngine } from './hook/hook-engine';
import { ProcessingEngine } from './processing-engine';
import { RetryLaterError } from '../retry-later';

/** Unit: milliseconds. */
const DEPLOY_PAUSE = 60_000;

/** The engine that the user chose. */
export function engineOf(world: World, configuration: ProjectConfiguration, watch: EngineWatch, environment = process.env): Engine {
  const { featureEngineering } = configuration;
  if (featureEngineering.kind === 'processing') {
    return new ProcessingEngine(world);
  }
  if (featureEngineering.kind !== 'function') {
    return new BuiltInEngine(featureEngineering);
  }
  const functionArn = environment[ENVIRONMENT.HOOK_FUNCTION];
  if (functionArn === undefined) {
    throw new RetryLaterError(DEPLOY_PAUSE, 'feature engineering by a function is in force and no function is set: a deploy is under way; this is tried again by itself');
  }
  return new HookEngine(world, configuration, featureEngineering, new LambdaHook(functionArn), watch);
}
