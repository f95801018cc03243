import { CommandError } from '../errors';

/** Errors of the AWS SDK as a person can use them. */
export function explainAwsError(error: unknown): CommandError {
  if (error instanceof CommandError) {
    return error;
  }
  const { name = 'Error', message = String(error) } = (typeof error === 'object' && error !== null ? error : {}) as { name?: string; message?: string };
  const next = nextStep(name, message);
  return new CommandError(message === '' || message === name ? name : message, next);
}

function nextStep(name: string, message: string): string | undefined {
  if (/CredentialsProviderError|ExpiredToken|UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SSO/i.test(`${name} ${message}`)) {
    return 'Log in to AWS (`aws sso login`, or set AWS_PROFILE or --profile), then try again.';
  }
  if (/Region is missing/i.test(message)) {
    return 'Say which Region: --region, AWS_REGION, or a region in the profile.';
  }
  if (/AccessDenied|NotAuthorized|UnauthorizedOperation/i.test(name)) {
    return 'Ask for the permission that the message names; docs/cli.md lists what each command needs.';
  }
  if (/ResourceNotFound/i.test(name)) {
    return 'Check --stack, --function, --table, --region and --profile.';
  }
  if (/ECONNREFUSED|ENOTFOUND|Timeout|ETIMEDOUT|socket/i.test(`${name} ${message}`)) {
    return 'AWS could not be reached: check the network and AWS_ENDPOINT_URL, then try again. Orders that were taken are carried out all the same.';
  }
  return undefined;
}
