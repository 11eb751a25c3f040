import type { Level } from '../../lib/health';
import type { Tone } from '../../parts/Controls';

export const LEVEL_TONES: Record<Level, Tone> = { good: 'good', warn: 'warn', bad: 'bad', unknown: 'plain' };
