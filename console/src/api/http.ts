/** The only way to the server's REST calls. */

const PATIENCE_MS = 30_000;

/** A call that did not succeed: the server's own code and message, or why there was no answer. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }

  /** Whether the server could not be reached at all. */
  get isUnreachable(): boolean {
    return this.status === 0;
  }
}

function isErrorBody(body: unknown): body is { error: { code: string; message: string } } {
  return typeof body === 'object' && body !== null && 'error' in body;
}

async function failure(response: Response): Promise<ApiError> {
  const text = await response.text();
  try {
    const body: unknown = JSON.parse(text);
    if (isErrorBody(body)) {
      return new ApiError(response.status, body.error.code, body.error.message);
    }
  } catch {
    // What is no JSON comes from something between us and the server, and is told by its status.
  }
  return new ApiError(response.status, 'HTTP', `${response.status} ${response.statusText}`.trim());
}

function unanswered(path: string, isLate: boolean, patienceMs: number): ApiError {
  return new ApiError(
    0,
    'UNREACHABLE',
    isLate ? `${path}: no answer within ${patienceMs / 1000} s` : `${path}: the server does not answer`,
  );
}

/**
 * Calls the server and reads its answer.
 *
 * @param signal ends the call; it then rejects with an AbortError
 */
export async function call<T>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  body?: unknown,
  signal?: AbortSignal,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const patience = AbortSignal.timeout(patienceMs);
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
  } catch (cause) {
    if (signal?.aborted) {
      throw cause;
    }
    throw unanswered(path, patience.aborted, patienceMs);
  }
  if (!response.ok) {
    throw await failure(response);
  }
  return (await response.json()) as T;
}

export const get = <T>(path: string, signal?: AbortSignal): Promise<T> =>
  call<T>('GET', path, undefined, signal);

export const post = <T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> =>
  call<T>('POST', path, body, signal);

/** A name as a segment of a path. */
export const segment = encodeURIComponent;

/** What to show of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
