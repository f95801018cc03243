/** The version of the contract between a project and feature engineering functions: `HookRequest` and `HookAnswer`. */
export const HOOK_CONTRACT_VERSION = 1;

/** So long a function may take at most. The intake function, which waits for it, has five minutes in all. Unit: seconds. */
export const HOOK_TIMEOUT_MAX_SECONDS = 180;

/** JSON of an image's attributes, in UTF-8. They are part of every manifest line and message. */
export const HOOK_ATTRIBUTES_MAX_BYTES = 4_000;

export const HOOK_ATTRIBUTE_NAME = /^[A-Za-z0-9._-]{1,64}$/;

/** What a rejection calls its reason. */
export const HOOK_REASON = /^(?=.{1,64}$)[a-z0-9]+(-[a-z0-9]+)*$/;

export const HOOK_DETAIL_MAX_LENGTH = 500;

/** The attribute of manifest lines that carries an image's attributes. */
export const IMAGE_ATTRIBUTES = 'image-attributes';
