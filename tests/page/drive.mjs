// Drives the page as a person does: node drive.mjs URL CHROMIUM PICTURES. Ends with 0 where all was as it should be.
import { strict as assert } from 'node:assert';
import { readFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const [url, executablePath, pictures] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const views = ['live', 'sessions', 'energy', 'prices', 'system'];
mkdirSync(pictures, { recursive: true });

const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const problems = [];
const paints = { title: [], all: [] }; // ms after the page was asked for: its first paint; the EVSEs

async function open(options) {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  // The page's own policy forbids foreign scripts, axe's too: it comes in from outside of it.
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(`page: ${error.message}`));
  page.on('console', (line) => {
    if (line.type() === 'error' && !line.text().includes('ERR_INTERNET_DISCONNECTED')) problems.push(`console: ${line.text()}`);
  });
  await page.goto(url);
  await page.locator('article').first().waitFor();
  const [title, now] = await page.evaluate(() => [performance.getEntriesByName('first-contentful-paint')[0]?.startTime, performance.now()]);
  paints.title.push(title);
  paints.all.push(now);
  return { context, page };
}

async function judge(page, where) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document));
  for (const { id, impact, nodes } of violations) {
    if (impact === 'serious' || impact === 'critical') problems.push(`axe, ${where}: ${id} at ${nodes.map((node) => node.target).join(' ')}`);
  }
}

async function look(name, options) {
  const { context, page } = await open(options);
  for (const view of views) {
    await page.locator(`nav a[href="#${view}"]`).click();
    await page.locator(`nav a[href="#${view}"][aria-current="page"]`).waitFor();
    await page.locator('main section, main article').first().waitFor();
    await page.screenshot({ path: `${pictures}/${name}-${view}.png`, fullPage: true });
    await judge(page, `${name}, ${view}`);
  }
  await page.goto(`${url}api.html`);
  await page.locator('details summary').first().click();
  await page.screenshot({ path: `${pictures}/${name}-api.png`, fullPage: true });
  await judge(page, `${name}, api`);
  await context.close();
}

async function drive() {
  const { context, page } = await open({ viewport: { width: 1280, height: 900 } });
  const sun = page.locator('figure svg text.power').first();
  const before = await sun.textContent();
  await page.waitForFunction((old) => document.querySelector('figure svg text.power')?.textContent !== old, before);

  const garage = page.locator('article').filter({ has: page.getByRole('heading', { name: 'garage', exact: true }) });
  const choose = async (mode) => {
    await garage.getByRole('button', { name: mode, exact: true }).click();
    await garage.locator(`button[aria-pressed="true"]`, { hasText: mode }).waitFor();
  };
  await choose('Off');
  await garage.getByText('may draw 0.0 A').waitFor();
  await choose('Now');
  await garage.getByText('charging', { exact: true }).waitFor();
  assert.match((await garage.locator('.why').textContent()) ?? '', /\S/);

  await page.goto(`${url}#sessions`);
  await page.locator('tbody tr').first().waitFor();
  assert.match((await page.locator('tbody tr').first().textContent()) ?? '', /garage/);
  await page.locator('tbody button[aria-expanded]').first().click();
  await page.locator('.slices tbody tr').first().waitFor({ timeout: 60_000 });
  const download = async (name) => {
    const link = await page.getByRole('link', { name }).getAttribute('href');
    return page.request.get(link ?? '');
  };
  const csv = await (await download('Table (CSV)')).text();
  assert.match(csv, /^session,evse,.*\r\n.*garage-/);
  const pdf = await (await download('Statement (PDF)')).body();
  assert.equal(pdf.subarray(0, 4).toString(), '%PDF');

  await page.goto(`${url}#energy`);
  const when = page.locator('.when');
  const today = await when.textContent();
  await page.getByRole('button', { name: 'Earlier' }).click();
  await page.waitForFunction((old) => document.querySelector('.when')?.textContent !== old, today);
  await page.getByRole('button', { name: 'Later' }).click();
  await page.waitForFunction((old) => document.querySelector('.when')?.textContent === old, today);

  await page.goto(`${url}#live`);
  await page.evaluate(async () => {
    while (!(await caches.match('api/v1/chargers'))) await new Promise((resolve) => setTimeout(resolve, 100));
  });
  await context.setOffline(true);
  await page.reload();
  await page.getByText('No connection').waitFor();
  await page.locator('article').first().waitFor();
  assert.equal(await page.locator('fieldset[disabled]').count(), await page.locator('fieldset').count());
  await context.close();
}

try {
  await drive();
  console.log('driven');
  await look('phone-light', { viewport: { width: 390, height: 844 }, colorScheme: 'light' });
  await look('phone-dark', { viewport: { width: 390, height: 844 }, colorScheme: 'dark' });
  await look('desktop-light', { viewport: { width: 1280, height: 900 }, colorScheme: 'light' });
  await look('desktop-dark', { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' });
} catch (error) {
  problems.push(error.stack);
}
await browser.close();
for (const [what, ms] of Object.entries(paints)) console.log(`painted (${what}) after ${ms.map(Math.round).sort((a, b) => a - b).join(' ')} ms`);
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);
