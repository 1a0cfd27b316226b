/** What the processor writes in the place of a secret: docs/MASKING.md, "What stands in its place". */
const MASKED = /\*{8}|hash:[0-9a-f]{32}/;

/** Whether a text is masked, or holds something that is. */
export function isMasked(text: string): boolean {
  return MASKED.test(text);
}
