// The page itself, as the server has it now.

const DEADLINE_MS = 30_000;

/** The text of the page at this address; nothing when it cannot be had. */
export async function pageText(path: string): Promise<string | undefined> {
  try {
    const response = await window.fetch(path, {
      cache: 'no-cache',
      credentials: 'omit',
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    return response.ok ? await response.text() : undefined;
  } catch {
    return undefined;
  }
}
