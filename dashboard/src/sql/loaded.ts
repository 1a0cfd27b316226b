/** For the loaders of pages with an editor: waits for its texts, which then weigh on no other page. */
export async function sqlTextsLoaded(): Promise<void> {
  const { sqlTexts } = await import('./texts');
  await sqlTexts.load();
}
