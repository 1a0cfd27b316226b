// Where the content stands: moved a little all the time, so that no edge burns into the screen.

/** How far from the middle, in pixels, and how often it moves. */
export const REACH = 12;
export const STEP_MS = 20_000;
/** Two numbers without a common divisor: the path comes by every place before it repeats. */
const [ROUND_X, ROUND_Y] = [37, 23];

/** The place at the step-th move: from one to the next it is two or three pixels. */
export function placeAt(step: number): { x: number; y: number } {
  const turn = (round: number) => Math.sin((2 * Math.PI * step) / round);
  return { x: Math.round(REACH * turn(ROUND_X)), y: Math.round(REACH * turn(ROUND_Y)) };
}
