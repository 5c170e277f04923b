const DEADLINE_MS = 10_000;

/**
 * Asks why the browser could not show a picture: an `img` does not tell.
 *
 * @param signal Ends the question; then the answer is no.
 * @returns Whether the gateway answers that there is no such picture for this reader. That is final;
 *   no answer, or another one, may pass.
 */
export async function isMissing(url: string, signal: AbortSignal): Promise<boolean> {
  try {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const asked = { method: "HEAD", signal: AbortSignal.any([signal, deadline]) };
    return (await fetch(url, asked)).status === 404;
  } catch {
    return false;
  }
}
