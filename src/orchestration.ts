/** Who starts labeling jobs. */
export abstract class Orchestration {
  /** The project's controller starts them by itself. */
  static controller(): Orchestration {
    return new Fixed(undefined);
  }

  /**
   * The project's SageMaker pipeline `<project name>-pipeline` starts them: each start of a labeling job is an execution, which
   * SageMaker Studio lists. What starts, and when, is still the controller's decision.
   */
  static sageMakerPipeline(): Orchestration {
    return new Fixed('pipeline');
  }

  /** @internal */
  abstract _bind(): 'pipeline' | undefined;
}

class Fixed extends Orchestration {
  constructor(private readonly by: 'pipeline' | undefined) {
    super();
  }

  /** @internal */
  _bind(): 'pipeline' | undefined {
    return this.by;
  }
}
