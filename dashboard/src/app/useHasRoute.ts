import { useRouter } from '@tanstack/react-router';

/** Whether there is a page at this path: a link to it is worth showing. */
export function useHasRoute(path: string): boolean {
  return Object.hasOwn(useRouter().routesByPath, path);
}
