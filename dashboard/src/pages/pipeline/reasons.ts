import { pipelineTexts } from './texts';

const KNOWN = [
  'unmaskable',
  'malformed_record',
  'unknown_format',
  'empty_record',
  'too_many_events',
] as const;

/** A reason in words; its name where a later version knows more of them. */
export function reasonWord(reason: string): string {
  const known = KNOWN.find((each) => each === reason);
  return known === undefined ? reason : pipelineTexts.t(`reason_${known}`);
}
