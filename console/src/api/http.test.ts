import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ApiError, call, get, post } from './http';

let server: Server;
let base: string;
const answers: Record<string, (response: ServerResponse) => void> = {
  '/good': (response) => response.end('{"rows":[1]}'),
  '/refused': (response) =>
    response
      .writeHead(400)
      .end('{"error":{"code":"INVALID_ARGUMENT","message":"k: 0 (expected: 1 to 10000)"}}'),
  '/between': (response) => response.writeHead(502, 'Bad Gateway').end('<html>proxy</html>'),
  '/never': () => {},
};

beforeAll(async () => {
  server = createServer((request, response) => {
    const answer = answers[request.url ?? ''];
    if (answer) answer(response);
    else request.pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const failure = async (work: Promise<unknown>): Promise<ApiError> => {
  const thrown = await work.catch((error: unknown) => error);
  if (thrown instanceof ApiError) return thrown;
  throw new Error(`no ApiError: ${String(thrown)}`);
};

describe('a call', () => {
  test('answers what the server says', async () => {
    expect(await get(`${base}/good`)).toEqual({ rows: [1] });
  });

  test('sends JSON', async () => {
    expect(await post(`${base}/echo`, { k: 3 })).toEqual({ k: 3 });
  });

  test('that is refused has the server’s code and words', async () => {
    const error = await failure(get(`${base}/refused`));
    expect([error.status, error.code, error.message]).toEqual([
      400,
      'INVALID_ARGUMENT',
      'k: 0 (expected: 1 to 10000)',
    ]);
  });

  test('that something in between answers is told by its status', async () => {
    expect((await failure(get(`${base}/between`))).message).toBe('502 Bad Gateway');
  });

  test('that nobody answers says so', async () => {
    const error = await failure(get('http://127.0.0.1:9/v1/tables'));
    expect(error.isUnreachable).toBe(true);
    expect(error.message).toContain('the server does not answer');
  });

  test('is not waited for for ever', async () => {
    const error = await failure(call('GET', `${base}/never`, undefined, undefined, 50));
    expect(error.message).toContain('no answer within 0.05 s');
  });

  test('that is given up ends as such, not as a failure of the server', async () => {
    const giving = new AbortController();
    const answer = get(`${base}/never`, giving.signal).catch((error: unknown) => error);
    giving.abort();
    expect(await answer).not.toBeInstanceOf(ApiError);
  });
});
