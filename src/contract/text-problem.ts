/** Why a text is not one line of a length, as a sentence that names the prop, the value and the rule. Undefined: it is. */
export function textProblem(
  prop: string, value: string, { min = 1, max }: { readonly min?: number; readonly max: number },
): string | undefined {
  if (value.length < min || value.length > max) {
    return `${prop} has ${value.length} characters; it must have ${min} to ${max}`;
  }
  if (/[\u0000-\u001f\u007f\u2028\u2029]/.test(value)) {
    return `${prop} is ${JSON.stringify(value)}; it must be one line without control characters`;
  }
  return value.trim() === value ? undefined : `${prop} is '${value}'; it must not begin or end with white space`;
}
