/** An error of the SageMaker API. */
export class ServiceError extends Error {
  public readonly $metadata: { readonly httpStatusCode: number };

  /**
   * @param name Name as the API spells it, e.g. `ResourceInUse`.
   * @param statusCode HTTP status.
   */
  public constructor(name: string, message: string, public readonly statusCode: number) {
    super(message);
    this.name = name;
    this.$metadata = { httpStatusCode: statusCode };
  }
}

export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationException', message, 400);
}

export function resourceNotFound(message: string): ServiceError {
  return new ServiceError('ResourceNotFound', message, 400);
}

export function resourceInUse(message: string): ServiceError {
  return new ServiceError('ResourceInUse', message, 400);
}

export function resourceLimitExceeded(message: string): ServiceError {
  return new ServiceError('ResourceLimitExceeded', message, 400);
}

export function accessDenied(message: string): ServiceError {
  return new ServiceError('AccessDeniedException', message, 400);
}

export function throttling(): ServiceError {
  return new ServiceError('ThrottlingException', 'Rate exceeded', 400);
}

/** What a worker or an operator of the simulator did that cannot be done. */
export class SimulatorError extends Error {
  public constructor(message: string) {
    super(message);
    this.name = 'SimulatorError';
  }
}

/** Why a labeling job cannot run; becomes its `FailureReason`. */
export class JobFailure extends Error {
  public constructor(reason: string) {
    super(`ClientError: ${reason}`);
    this.name = 'JobFailure';
  }
}
