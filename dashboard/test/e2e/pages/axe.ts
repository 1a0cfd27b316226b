// axe stays in the document it was put into: putting it there again for every picture costs as much as reading one.
import type { Page } from '@playwright/test';
import axe from 'axe-core';

/** Rules whose answer another theme can change. */
const OF_COLOURS = ['color-contrast', 'link-in-text-block'];
/** Rules whose answer another width can change, where the elements are the same. */
const OF_SIZES = [...OF_COLOURS, 'scrollable-region-focusable', 'target-size'];

export type Depth = 'all' | 'sizes' | 'colours';

/** What axe finds wrong with the page as it stands: by all its rules, or by those another picture can change. */
export async function violations(page: Page, depth: Depth): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  return page.evaluate(
    async (only) => {
      const found = await (window as unknown as { axe: typeof axe }).axe.run(document, {
        resultTypes: ['violations'],
        // WCAG 2.2 AA asks for it; axe leaves it out unless told.
        rules: { 'target-size': { enabled: true } },
        ...(only === null ? {} : { runOnly: { type: 'rule' as const, values: only } }),
      });
      return found.violations.map(
        ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`,
      );
    },
    depth === 'all' ? null : depth === 'sizes' ? OF_SIZES : OF_COLOURS,
  );
}
