/** The Temporal UI in a headless Chromium, used as a person would. */
import { chromium, type Locator, type Page } from 'playwright-core';

export interface TemporalUi {
  /** Summary and current details of a workflow. */
  readonly photographDetails: (workflowId: string, file: string) => Promise<void>;
  /** Its activities over time. */
  readonly photographTimeline: (workflowId: string, file: string) => Promise<void>;
  /** All workflows, with Fairway's search attributes as columns. */
  readonly photographList: (file: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

const width = 1_400;
/** Navigation that has nothing to do with a release, in pixels. */
const sidebar = 64;
/** Room around what is cut out, in pixels. */
const margin = 8;
/** From the end of the timeline to the words of the tabs below it, in pixels. */
const tabs = 32;
/** A busy machine draws slowly. */
const patienceMs = 120_000;
/** The UI draws with a short animation and asks for news now and then. */
const settleMs = 1_500;

const shownColumns = ['FairwayService', 'FairwayEnvironment', 'FairwayVersion', 'FairwayOutcome'];
const hiddenColumns = ['Run ID', 'Type', 'End'];

const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

export async function openTemporalUi(executablePath: string, uiUrl: string): Promise<TemporalUi> {
  const browser = await chromium.launch({ executablePath, args: flags });
  // Each picture in a context of its own: the UI remembers how a person likes it.
  const newPage = async (): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width, height: 2_000 }, colorScheme: 'light' });
    context.setDefaultTimeout(patienceMs);
    return context.newPage();
  };
  const workflows = `${uiUrl}/namespaces/default/workflows`;

  const open = async (workflowId: string): Promise<Page> => {
    const page = await newPage();
    await page.goto(`${workflows}/${encodeURIComponent(workflowId)}`);
    await page.waitForURL('**/history');
    return page;
  };
  return {
    photographDetails: async (workflowId, file) => {
      const page = await open(workflowId);
      await page.getByText('User Metadata').click();
      const details = page.locator('iframe').last();
      await details.contentFrame().getByText('Step').first().waitFor();
      await photograph(page, file, await topOf(title(page)), await bottomOf(details));
    },
    photographTimeline: async (workflowId, file) => {
      const page = await open(workflowId);
      const heading = page.getByRole('heading', { name: 'Event History' });
      await heading.waitFor();
      await page.getByRole('button', { name: 'Descending' }).click();
      await page.getByRole('button', { name: 'Minimized' }).click();
      await page.mouse.move(0, 0);
      await page.waitForTimeout(settleMs);
      await photograph(page, file, await topOf(heading), (await topOf(page.getByText('Compact'))) - tabs);
    },
    photographList: async (file) => {
      const page = await newPage();
      await page.goto(workflows);
      await page.getByTestId('workflows-summary-table-configuration-button').click();
      for (const column of hiddenColumns)
        await page.getByTestId(`orderable-list-item-${column}-remove-button`).click();
      for (const column of shownColumns)
        await page.getByTestId(`orderable-list-item-${column}-add-button`).click();
      await page.getByTestId('drawer-close-button').click();
      await page.getByLabel('Collapse saved views').click();
      await photograph(page, file, await topOf(title(page)), await bottomOf(page.locator('tbody')));
    },
    close: () => browser.close(),
  };
}

function title(page: Page): Locator {
  return page.locator('h1').first();
}

async function topOf(element: Locator): Promise<number> {
  return (await boxOf(element)).y - margin;
}

async function bottomOf(element: Locator): Promise<number> {
  const { y, height } = await boxOf(element);
  return y + height + margin;
}

async function boxOf(element: Locator) {
  await element.page().waitForTimeout(settleMs);
  const box = await element.boundingBox();
  if (box === null) throw new Error(`${element.page().url()} does not look as expected.`);
  return box;
}

/** Everything between two heights, without the sidebar; then the page is closed. */
async function photograph(page: Page, file: string, top: number, bottom: number): Promise<void> {
  const clip = { x: sidebar, y: top, width: width - sidebar, height: bottom - top };
  await page.screenshot({ path: file, clip });
  await page.close();
}
