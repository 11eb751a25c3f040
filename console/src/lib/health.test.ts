import { describe, expect, test } from 'vitest';
import { statsOf, summaryOf } from '../testdata';
import { healthOf, readable } from './health';

const words = (text: string): string => text.replaceAll(/\s/g, ' ');

describe('the state of the node', () => {
  test('is unknown before the first sample', () => {
    expect(healthOf(undefined, 'connecting').level).toBe('unknown');
  });

  test('is good, with what goes on', () => {
    const health = healthOf(statsOf({}), 'live');
    expect(health.level).toBe('good');
    expect(words(health.sentence)).toBe(
      'All is well. 1 table holds 12,000 rows. 800 searches a second, 99 % of them within 1.4 ms.',
    );
  });

  test('is bad once the server does not answer, whatever was last heard', () => {
    const health = healthOf(statsOf({}), 'lost');
    expect(health.level).toBe('bad');
    expect(health.findings[0]?.advice).not.toBe('');
  });

  test('tells each problem of the store with what to do', () => {
    const problem = 'disk: 1048576000 bytes free at /data; rows are refused below 2097152000: free space';
    const health = healthOf(statsOf({ problems: [problem] }), 'live');
    expect(health.level).toBe('bad');
    expect(words(health.findings[0]?.what ?? '')).toBe(
      'disk: 1.05 GB free at /data; rows are refused below 2.1 GB: free space',
    );
    expect(health.findings[0]?.advice).toContain('Free space');
  });

  test('a disk that is only low is a warning', () => {
    const disk = { state: 'low' as const, free_bytes: 1, free_bytes_min: 1 };
    const health = healthOf(statsOf({ disk, problems: ['disk: low'] }), 'live');
    expect(health.level).toBe('warn');
  });

  test('errors, slow searches, lag and a low recall are told', () => {
    const stats = statsOf({ errors_per_s: 2 });
    stats.searches = { calls_per_s: 1, p50_us: 1, p99_us: 500_000 };
    stats.log.lag = 5_000;
    stats.tables[0]!.recall = { embedding: { mean: 0.5, samples: 100 } };
    const health = healthOf(stats, 'live');
    expect(health.level).toBe('warn');
    expect(health.findings).toHaveLength(4);
  });

  test('is told with the events that pipelines apply, and which are paused', () => {
    const pipelines = [summaryOf({}), summaryOf({ name: 'other', state: 'paused', applied_per_s: 0 })];
    const health = healthOf(statsOf({ pipelines }), 'live');
    expect(health.level).toBe('good');
    expect(words(health.sentence)).toContain(
      '100 events a second, searchable within 20 ms. Pipeline other is paused.',
    );
  });

  test('a broken pipeline needs a person, who is told where to look', () => {
    const broken = summaryOf({ state: 'broken', reason: 'source: no topic clicks' });
    const health = healthOf(statsOf({ pipelines: [broken] }), 'live');
    expect(health.level).toBe('bad');
    expect(health.findings[0]?.what).toMatch(/^Pipeline taste: It stands still .* no topic clicks$/);
    expect(health.findings[0]?.path).toBe('/console/pipelines/taste');
  });

  test('a recall of few samples says nothing yet', () => {
    const stats = statsOf({});
    stats.tables[0]!.recall = { embedding: { mean: 0.5, samples: 3 } };
    expect(healthOf(stats, 'live').level).toBe('good');
  });
});

test('large numbers in problems are read as sizes, small ones are left', () => {
  expect(words(readable('memory: 524288000 bytes of a budget of 1073741824, 12 rows'))).toBe(
    'memory: 524 MB of a budget of 1.07 GB, 12 rows',
  );
});
