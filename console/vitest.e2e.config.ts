import { defineConfig } from 'vitest/config';

/** Tests in a real browser against the server at KINDRED_URL, one after the other. */
export default defineConfig({
  test: {
    environment: 'node',
    include: [process.env['KINDRED_E2E'] ?? 'e2e/*.e2e.ts'],
    fileParallelism: false,
    testTimeout: 90_000,
    hookTimeout: 120_000,
  },
});
