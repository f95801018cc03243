const token = document.querySelector<HTMLMetaElement>('meta[name=token]')!.content;

/** Asks the server that this page came from. Throws with its words where it refuses. */
export async function ask<T>(path: string, body?: object | Blob, more: { readonly keepalive?: boolean } = {}): Promise<T> {
  const response = await fetch(path, {
    method: body === undefined ? 'GET' : 'POST', headers: { 'x-token': token }, ...more,
    ...body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) },
  });
  if (response.ok) {
    return response.json() as Promise<T>;
  }
  const text = await response.text();
  throw new Error(response.status === 409 ? (JSON.parse(text) as { error: string }).error : text);
}
